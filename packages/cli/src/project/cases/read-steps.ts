import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { CaseStep, PipelineCase } from '../folder/project-schema.ts';

/** One step of a case, ready to run. */
export interface Step {
  /** JSON Pointer of the step within its file. */
  readonly pointer: string;
  /** Unix ms: what the clock says. */
  readonly now: number;
  /** Messages as texts; null has no value. */
  readonly messages: readonly (string | null)[];
  /** Those of several sources, by their names; absent: `messages` are the first source's. */
  readonly messagesBySource?: Readonly<Record<string, readonly (string | null)[]>>;
  readonly output: Readonly<Record<string, readonly JsonObject[]>>;
  readonly dropped: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly deadLetters: Readonly<Record<string, readonly string[]>>;
}

/**
 * The steps of a case: those it lists, or the one that its own fields are. `at`: its JSON Pointer. Errors (the texts it
 * gives in place of steps): both kinds at once, times that are none, both kinds of input.
 */
export const stepsOf = (one: PipelineCase, at: string): readonly Step[] | { readonly problem: string } => {
  const { title: _, references: _given, record = {}, steps, ...own } = one;
  if (steps !== undefined && Object.keys(own).length > 0)
    return { problem: `a case has "steps" or is one itself: "${Object.keys(own)[0]}" belongs into a step` };
  const found: Step[] = [];
  let now = 0;
  for (const [index, step] of (steps ?? [own]).entries()) {
    const time = step.now === undefined ? now : timeOf(step.now);
    if (time === undefined) return { problem: `"${step.now}" is no time: Unix ms or ISO 8601 is` };
    if (time < now) return { problem: 'the clock does not go backwards from step to step' };
    if (step.input !== undefined && step.inputs !== undefined)
      return { problem: 'a step has "input" or, of several sources, "inputs"' };
    now = time;
    found.push(stepOf(step, record, now, steps === undefined ? at : `${at}/steps/${index}`));
  }
  return found;
};

const stepOf = (step: CaseStep, common: JsonObject, now: number, pointer: string): Step => ({
  pointer,
  now,
  messages: messagesOf(step.input ?? [], common),
  ...(step.inputs === undefined ? {} : { messagesBySource: mapped(step.inputs, (input) => messagesOf(input, common)) }),
  output: mapped(step.output, (records) => records.map((record) => ({ ...common, ...record }))),
  dropped: step.dropped ?? {},
  deadLetters: step.deadLetters ?? {},
});

const messagesOf = (input: NonNullable<CaseStep['input']>, common: JsonObject): (string | null)[] =>
  input.map((one) => (isJsonObject(one) ? JSON.stringify({ ...common, ...one }) : one));

const mapped = <In, Out>(given: Readonly<Record<string, In>> | undefined, to: (value: In) => Out) =>
  Object.fromEntries(Object.entries(given ?? {}).map(([name, value]) => [name, to(value)]));

const timeOf = (given: JsonValue): number | undefined => {
  if (typeof given === 'number') return given;
  // What says no offset would be of another moment on another machine.
  const isMoment = typeof given === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(given);
  const time = isMoment ? Date.parse(given) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
};
