import type { JsonValue, StagePreview } from '@penstock/model';
import type { Plan } from '../plan/plan.ts';
import type { Clock, SourceBatch } from '../ports.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import { Task } from '../task/task.ts';
import { batchOfMessages, MemoryLog } from './memory-log.ts';

export interface PreviewOptions {
  readonly plan: Plan;
  /** Values of the messages to run, as read or typed in. */
  readonly values: readonly { readonly value: Buffer | null; readonly timestamp: number }[];
  readonly clock: Clock;
}

/**
 * Runs records through the stages that production runs, from empty state, and writes nothing. Cuts are followed in
 * memory: what a part sends through a cut is what the part behind it reads.
 */
export const runPreview = async ({ plan, values, clock }: PreviewOptions): Promise<StagePreview[]> => {
  const previews = new Map<string, StagePreview>();
  const of = (instanceName: string, label: string): StagePreview => {
    let preview = previews.get(instanceName);
    if (preview === undefined) {
      preview = { instanceName, label, input: [], output: [], dropped: [], errors: [] };
      previews.set(instanceName, preview);
    }
    return preview;
  };
  const source = of(plan.source.instanceName, plan.source.label);
  const labels = new Map(
    plan.parts.flatMap((part) => part.stages.map((stage) => [stage.instanceName, stage.label] as const)),
  );
  for (const [name, label] of labels) of(name, label);

  const topics = { deadLetters: 'dead-letters', state: 'state', cuts: plan.cuts.map((cut) => `cut-${cut.index}`) };
  const headers = new Map<SourceBatch, MemoryLog['messages']>();
  const waiting = new Map<number, MemoryLog['messages']>();
  const stageOf = (name: string): StagePreview => of(name, labels.get(name) ?? name);

  for (const part of plan.parts) {
    const log = new MemoryLog();
    const task = await Task.open({
      plan,
      part,
      partition: 0,
      runId: 'preview',
      topics,
      log,
      clock,
      isPreview: true,
      headersOf: (batch, index) => headers.get(batch)?.[index]?.headers ?? [],
      observer: {
        onInput: (name, record) => stageOf(name).input.push(snapshot(record)),
        onOutput: (name, record) => stageOf(name).output.push(snapshot(record)),
        onDrop: (name, record, reason) => stageOf(name).dropped.push({ record: snapshot(record), reason }),
        onError: (name, record, { code, message }) =>
          stageOf(name).errors.push({ record: snapshot(record), code, message }),
        onMalformed: (name, text, { code, message }) => stageOf(name).errors.push({ record: text, code, message }),
        onRead: (record) => source.output.push(snapshot(record)),
      },
    });
    try {
      const input =
        part.index === 0 ? values.map((value) => ({ ...value, key: null })) : (waiting.get(part.index) ?? []);
      const batch = batchOfMessages(part.index === 0 ? 'preview' : (topics.cuts[part.index - 1] ?? ''), input);
      if (part.index > 0) headers.set(batch, waiting.get(part.index) ?? []);
      const now = clock.now();
      await task.opened(now);
      await task.process(batch, 0, batch.count);
      await task.tick(now);
    } finally {
      await task.close();
    }
    for (const cut of plan.cuts) {
      const sent = log.messages.filter(({ topic }) => topic === topics.cuts[cut.index]);
      waiting.set(cut.index + 1, [...(waiting.get(cut.index + 1) ?? []), ...sent]);
    }
  }
  return [...previews.values()];
};

/** A record as it is now: later stages may change it. */
const snapshot = (record: StreamRecord): JsonValue => JSON.parse(record.toJson()) as JsonValue;
