/** What a stage did, in records as JSON texts. */
export interface SeenStage {
  readonly id: string;
  readonly label: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly dropped: readonly { readonly record: string; readonly reason: string }[];
  readonly errors: readonly { readonly record: string; readonly code: string; readonly message: string }[];
}

/**
 * What became of a record at a stage. `kept`: it came in, and nothing that went out is known to be it: a window holds
 * it, say. `made`: it went out, and nothing that came in is known to have become it.
 */
export type Fate = 'same' | 'changed' | 'dropped' | 'error' | 'kept' | 'made';

export interface RecordRow {
  readonly fate: Fate;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Why it was dropped, or the code of the error. */
  readonly code?: string;
  readonly message?: string;
}

/** What a record says it is, as far as it does: `modelId`, `assetId`, `pointId`, `time`. */
const identityOf = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {}; // a message that is no record says nothing
  }
};

const keyBy =
  (...names: readonly string[]) =>
  (text: string): string | undefined => {
    const identity = identityOf(text);
    const parts = names.map((name) => identity[name]);
    return parts.includes(undefined) ? undefined : JSON.stringify(parts);
  };

interface Waiting {
  readonly text: string;
  readonly at: number;
}

/** Takes from both lists what has the same key, in order, and says which belongs to which. */
const match = (
  inputs: readonly Waiting[],
  outputs: readonly Waiting[],
  keyOf: (text: string) => string | undefined,
): ReadonlyMap<number, number> => {
  const open = new Map<string, number[]>();
  for (const { text, at } of outputs) {
    const key = keyOf(text);
    if (key === undefined) continue;
    const places = open.get(key);
    if (places === undefined) open.set(key, [at]);
    else places.push(at);
  }
  const pairs = new Map<number, number>();
  for (const { text, at } of inputs) {
    const key = keyOf(text);
    const found = key === undefined ? undefined : open.get(key)?.shift();
    if (found !== undefined) pairs.set(at, found);
  }
  return pairs;
};

const waiting = (texts: readonly string[]): readonly Waiting[] => texts.map((text, at) => ({ text, at }));

/**
 * Inputs of a stage beside what became of them. The service tells what went in and what came out, not which came of
 * which: records are joined by their text, then by what they say they are. `isStateful`: what comes out may be made of
 * several, so only records of the same point and time are joined.
 */
export const rowsOf = (stage: SeenStage, isStateful: boolean): readonly RecordRow[] => {
  const inputs = waiting(stage.input);
  const outputs = waiting(stage.output);
  const fates = new Map<number, RecordRow>();
  const left = { inputs, outputs };
  const lost = [
    ...stage.errors.map(({ record, code, message }) => ({ record, fate: 'error' as const, code, message })),
    ...stage.dropped.map(({ record, reason }) => ({ record, fate: 'dropped' as const, code: reason })),
  ];
  const lostPairs = match(inputs, waiting(lost.map(({ record }) => record)), (text) => text);
  for (const [input, at] of lostPairs) {
    const found = lost[at];
    if (found === undefined) continue;
    const { record, ...fate } = found;
    fates.set(input, { ...fate, before: record, after: undefined });
  }
  const join = (keyOf: (text: string) => string | undefined): void => {
    left.inputs = left.inputs.filter(({ at }) => !fates.has(at));
    const pairs = match(left.inputs, left.outputs, keyOf);
    const taken = new Set(pairs.values());
    left.outputs = left.outputs.filter(({ at }) => !taken.has(at));
    for (const [input, output] of pairs) {
      const [before, after] = [stage.input[input], stage.output[output]];
      fates.set(input, { fate: before === after ? 'same' : 'changed', before, after });
    }
  };
  join((text) => text);
  join(keyBy('modelId', 'assetId', 'pointId', 'time'));
  join(keyBy('assetId', 'pointId', 'time'));
  if (!isStateful) {
    join(keyBy('assetId', 'time'));
    left.inputs = left.inputs.filter(({ at }) => !fates.has(at));
    // As many as went in came out: in the same order, for a stage without state.
    if (left.inputs.length === left.outputs.length) {
      const outputAt = left.outputs.map(({ at }) => at);
      for (const [index, { at }] of left.inputs.entries())
        fates.set(at, { fate: 'changed', before: stage.input[at], after: stage.output[outputAt[index] ?? -1] });
      left.outputs = [];
    }
  }
  const paired = new Set(lostPairs.values());
  const lostAlone = lost.filter((_, at) => !paired.has(at));
  return [
    ...inputs.map(({ text, at }): RecordRow => fates.get(at) ?? { fate: 'kept', before: text, after: undefined }),
    ...lostAlone.map(({ record, ...fate }): RecordRow => ({ ...fate, before: record, after: undefined })),
    ...left.outputs.map(({ text }): RecordRow => ({ fate: 'made', before: undefined, after: text })),
  ];
};
