/** Where a script runs: what its stage asks of it, whatever the language. */
export interface ScriptSandbox {
  readonly usesState: boolean;
  /** Whether the script may ask where a record comes from. */
  readonly usesOrigin: boolean;
  /** It can be used no more, after a limit: a new one has to be made. */
  readonly isSpent: boolean;
  /** Puts the whole state in, property by property. It is spent afterwards where the state does not fit into it. */
  setState(members: readonly StateMember[]): void;
  /** Puts some properties back; those without JSON go. */
  putBack(members: readonly (readonly [name: string, json: string | null])[]): void;
  /** `batch` is a JSON array of `count` records; `origins` one of [topic, partition, offset, timestamp] or undefined. */
  run(batch: string, origins: string | undefined, count: number): SandboxResult;
  dispose(): void;
}

export type FailureCode = 'SCRIPT_FAILED' | 'SCRIPT_TIME_LIMIT' | 'SCRIPT_MEMORY_LIMIT' | 'SCRIPT_OUTPUT_TOO_LARGE';

export type SandboxLog = readonly ['info' | 'warning' | 'error', string];

/** What a script did with a batch. */
export type SandboxResult =
  | {
      readonly ok: true;
      /** JSON text of each output record. */
      readonly outputs: readonly string[];
      /** Which record of the batch each output came of, -1 for new ones; null: the first of the first, and so on. */
      readonly sources: readonly number[] | null;
      /** Asset id, and that of point or measurement, of outputs that have not those of their source; null where they are no texts. */
      readonly keys: readonly OutputKey[];
      /** Indexes of records the script did nothing with. */
      readonly silent: readonly number[];
      readonly errors: readonly SandboxError[];
      /** What may have changed of the script's state; undefined: nothing. */
      readonly state: StateChange | undefined;
      readonly logs: readonly SandboxLog[];
    }
  | SandboxFailure;

/** A property of the script's `state`, with its JSON. */
export type StateMember = readonly [name: string, json: string];

export interface StateChange {
  /** JSON by property; null: it is gone. */
  readonly members: readonly (readonly [name: string, json: string | null])[];
  /** All there is: properties that are not named are gone. */
  readonly isWhole: boolean;
}

export interface SandboxFailure {
  readonly ok: false;
  /** Properties of the state that the script may have changed before it failed; undefined: any. */
  readonly touched?: readonly string[] | undefined;
  readonly code: FailureCode;
  readonly message: string;
  readonly logs: readonly SandboxLog[];
}

/** Index in the batch (-1: a record the script made, which is the fourth), code, message. */
export type SandboxError = readonly [index: number, code: string, message: string, created: unknown];

export type OutputKey = readonly [output: number, assetId: string | null, id: string | null];

/** The JSON of a whole state. */
export const stateJson = (members: readonly StateMember[]): string =>
  `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;

const MAX_LOG_LENGTH = 500;
const MAX_MESSAGE_LENGTH = 2000;

export const failed = (code: FailureCode, message: string, logs: readonly SandboxLog[] = []): SandboxFailure => ({
  ok: false,
  code,
  message,
  logs,
});

/** Messages are the script's own and may be of any length. */
export const shortMessage = (text: string): string => shortened(text, MAX_MESSAGE_LENGTH);

export const shortLogs = (logs: readonly SandboxLog[]): readonly SandboxLog[] =>
  logs.map(([level, message]): SandboxLog => [level, shortened(message, MAX_LOG_LENGTH)]);

const shortened = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length)}...`;
