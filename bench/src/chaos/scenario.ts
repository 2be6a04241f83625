import type { KafkaClient } from '@penstock/kafka';
import type { JsonObject } from '@penstock/model';
import type { ServiceProcess } from '@penstock/testkit/service';
import type { ChaosRecord } from './chaos-input.ts';
import type { Verdict } from './verdict/compare.ts';

/** A topic the pipeline reads, with counted input of its own. */
export interface ChaosSource {
  readonly topic: string;
  /** Gives one record after the other, without end: a function of the seed. */
  input(seed: number): () => ChaosRecord;
}

/** A pipeline to be tried in a chaos run, with what it needs and what must come of it. */
export interface ChaosScenario {
  readonly sources: readonly ChaosSource[];
  /** All topics it writes to; each is looked at by a check of the oracle. */
  readonly outputs: readonly string[];
  /** Further settings of the service. */
  readonly env: Readonly<Record<string, string>>;
  document(): JsonObject;
  /** Before the pipeline is saved: what its organisation has. */
  prepare(service: ServiceProcess): Promise<void>;
  /** When all input is written and worked off: resolves when nothing has to be waited for but what is under way. */
  settled(client: KafkaClient): Promise<void>;
  oracle(seed: number): ChaosOracle;
  close(): Promise<void>;
}

/** What must come of an input, computed from the generated records alone, with nothing of the engine. */
export interface ChaosOracle {
  /** Takes the next record of a source, in the order in which they were written. True: it belongs into the dead letters. */
  add(source: number, record: ChaosRecord): boolean;
  /** By topic; complete when all records were added. */
  readonly checks: ReadonlyMap<string, OutputCheck>;
}

/** Looks at an output, record by record in the order of its partitions, and judges it. */
export interface OutputCheck {
  see(record: SeenRecord, where: string): void;
  judge(): Verdict;
}

export interface SeenRecord {
  readonly key: string;
  readonly partition: number;
  readonly record: JsonObject;
}
