import { AppError, type LookUpCounters, messageOf } from '@penstock/model';
import type { StreamRecord } from '../record/stream-record.ts';
import type { LookUpAnswer, LookUpAnswers, LookUpDefinition, LookUpNeed } from './look-up.ts';
import type { LookUpDesk, Outcome } from './look-up-desk.ts';
import type { LookUps } from './look-ups.ts';

/** Why a record has no answer. */
interface Failure {
  readonly code: string;
  readonly message: string;
}

/** An answer that is there, or on its way; shared by all records of a batch that need it. */
interface Slot {
  readonly isKept: boolean;
  readonly outcome: Promise<void> | undefined;
  found: LookUpAnswer<unknown> | { readonly code: string; readonly message: string } | undefined;
}

interface Asked {
  readonly definition: LookUpDefinition<unknown, unknown>;
  readonly desk: LookUpDesk<unknown, unknown>;
  readonly counters: LookUpCounters;
  /** Whose answers say what is needed; asked before it. */
  readonly after: Asked | undefined;
  /** Of the records of the batch under way. */
  readonly slots: Map<StreamRecord, readonly Slot[]>;
}

/** The look-ups of one stage in one task: brings the answers that a batch needs, before the stage works on it. */
export class StageLookUps {
  readonly #asked: readonly Asked[];
  /** What can be asked at the same time, one step after the other. */
  readonly #steps: readonly (readonly Asked[])[];
  readonly #instanceName: string;
  readonly #failures = new Map<StreamRecord, Failure>();
  #askedBytes = 0;
  /** Ends the wait of the batch under way; once it has been used, nothing is waited for any more. */
  #giveUp = new AbortController();

  constructor(
    instanceName: string,
    definitions: readonly LookUpDefinition<unknown, unknown>[],
    config: Readonly<Record<string, unknown>>,
    lookUps: LookUps,
  ) {
    this.#instanceName = instanceName;
    const byName = new Map<string, Asked>();
    for (const definition of definitions) {
      const { name, after } = definition;
      const first = after === undefined ? undefined : byName.get(after.name);
      if (after !== undefined && first === undefined) throw notDeclared(instanceName, after.name);
      const desk = lookUps.deskOf(instanceName, definition, config);
      const counters = { hits: 0, misses: 0, failures: 0, requests: 0, requestMs: 0 };
      byName.set(name, { definition, desk, counters, after: first, slots: new Map() });
    }
    this.#asked = [...byName.values()];
    this.#steps = stepsOf(this.#asked);
  }

  /** By name of the look-up; they go on counting in these objects. */
  get counters(): Record<string, LookUpCounters> {
    return Object.fromEntries(this.#asked.map(({ definition, counters }) => [definition.name, counters]));
  }

  /** What was asked for the batch, as far as its look-ups say how large answers are: all of it is in memory at once. */
  get askedBytes(): number {
    return this.#askedBytes;
  }

  answersOf<Q, A>(definition: LookUpDefinition<Q, A>): LookUpAnswers<A> {
    const asked = this.#asked.find((one) => one.definition.name === definition.name);
    if (asked === undefined) throw notDeclared(this.#instanceName, definition.name);
    // What `ask` of this definition gave is of its type.
    return { of: (record) => answersIn(asked, record) as readonly LookUpAnswer<A>[] };
  }

  /**
   * Collects what the records need and asks for what is not known, each key once. Asynchronous only where something has
   * to be waited for; rejects only when that is given up, or was before.
   */
  prepare(records: readonly StreamRecord[]): void | Promise<void> {
    this.clear();
    this.#askedBytes = 0;
    return this.#prepareFrom(0, records);
  }

  #prepareFrom(at: number, records: readonly StreamRecord[]): void | Promise<void> {
    const { signal } = this.#giveUp;
    if (signal.aborted) return Promise.reject(signal.reason);
    const step = this.#steps[at];
    if (step === undefined) return;
    const waits = new Set<Promise<void>>();
    for (const asked of step) this.#collect(asked, records, waits);
    if (waits.size === 0) {
      this.#judge(step, records);
      return this.#prepareFrom(at + 1, records);
    }
    const givenUp = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    return Promise.race([Promise.all(waits), givenUp]).then(() => {
      // Listeners of this step go with it.
      if (!signal.aborted) this.#giveUp = new AbortController();
      this.#judge(step, records);
      return this.#prepareFrom(at + 1, records);
    });
  }

  /** Why a record of the batch cannot be worked on. */
  failureOf(record: StreamRecord): Failure | undefined {
    return this.#failures.get(record);
  }

  /** Forgets the batch. */
  clear(): void {
    this.#failures.clear();
    for (const { slots } of this.#asked) slots.clear();
  }

  /** Ends the wait for answers, also of batches to come: `prepare` rejects with the reason. */
  giveUp(reason: unknown): void {
    this.#giveUp.abort(reason);
  }

  #collect(asked: Asked, records: readonly StreamRecord[], waits: Set<Promise<void>>): void {
    const byKey = new Map<string, Slot>();
    for (const record of records) {
      if (this.#failures.has(record)) continue;
      try {
        const needs = asked.desk.lookUp.needs(record, answersIn(asked.after, record));
        if (needs.length === 0) continue;
        const slots = needs.map((need) => this.#slotOf(asked, need, byKey));
        asked.slots.set(record, slots);
        for (const { outcome } of slots) if (outcome !== undefined) waits.add(outcome);
      } catch (error) {
        this.#failures.set(record, failureOf(error));
      }
    }
  }

  #slotOf({ desk, counters }: Asked, need: LookUpNeed<unknown>, byKey: Map<string, Slot>): Slot {
    const shared = need.key === undefined ? undefined : byKey.get(need.key);
    if (shared !== undefined) {
      counters.hits += 1;
      return shared;
    }
    const known = need.key === undefined ? undefined : desk.known(need.key);
    const slot = known === undefined ? this.#ask(desk, counters, need) : keptSlot(known.value);
    if (known !== undefined) counters.hits += 1;
    if (need.key !== undefined) byKey.set(need.key, slot);
    return slot;
  }

  #ask(desk: LookUpDesk<unknown, unknown>, counters: LookUpCounters, need: LookUpNeed<unknown>): Slot {
    // What another task asks for already is counted there.
    const isOwn = !desk.isUnderWay(need.key);
    counters[isOwn ? 'misses' : 'hits'] += 1;
    const slot: { -readonly [K in keyof Slot]: Slot[K] } = { isKept: false, outcome: undefined, found: undefined };
    slot.outcome = desk.ask(need, this.#giveUp.signal).then((outcome) => {
      slot.found = foundIn(outcome);
      if (outcome.ok) this.#askedBytes += outcome.bytes;
      if (!isOwn) return;
      counters.requests += outcome.requests;
      counters.requestMs += outcome.requestMs;
      if (!outcome.ok) counters.failures += 1;
    });
    return slot;
  }

  #judge(step: readonly Asked[], records: readonly StreamRecord[]): void {
    for (const { slots } of step)
      for (const record of records) {
        const bad = slots.get(record)?.find(({ found }) => found !== undefined && 'code' in found)?.found;
        if (bad === undefined || !('code' in bad) || this.#failures.has(record)) continue;
        this.#failures.set(record, { code: bad.code, message: bad.message });
      }
  }
}

const NONE: readonly never[] = [];

/** The answers to the questions of a record whose look-up has not failed. */
const answersIn = (asked: Asked | undefined, record: StreamRecord): readonly LookUpAnswer<unknown>[] =>
  asked?.slots.get(record)?.map(({ found }) => found as LookUpAnswer<unknown>) ?? NONE;

const stepsOf = (all: readonly Asked[]): Asked[][] => {
  const steps: Asked[][] = [];
  for (const asked of all) {
    let depth = 0;
    for (let { after } = asked; after !== undefined; { after } = after) depth += 1;
    for (let made = steps.length; made <= depth; made += 1) steps.push([]);
    steps[depth]?.push(asked);
  }
  return steps;
};

const keptSlot = (value: unknown): Slot => ({ isKept: true, outcome: undefined, found: { value, isKept: true } });

const foundIn = (outcome: Outcome<unknown>): Slot['found'] =>
  outcome.ok ? { value: outcome.value, isKept: false } : { code: outcome.code, message: outcome.message };

export const notDeclared = (stage: string, name: string): AppError =>
  new AppError('STAGE_LOOK_UP_UNKNOWN', `The operator of stage "${stage}" does not declare the look-up "${name}".`, {
    domain: 'internal',
  });

const failureOf = (error: unknown): Failure => ({
  code: error instanceof AppError ? error.code : 'LOOK_UP_FAILED',
  message: messageOf(error),
});
