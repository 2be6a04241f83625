import { resultOf } from '@penstock/client/session';
import { printJson } from '../document/json.ts';
import { type PipelineDocument, sourceIdsOf } from '../document/shape.ts';
import { bySource, type FromTopic, type SourceTopic } from '../records/by-source.ts';
import { messagesOf } from '../records/messages-of.ts';
import type { SeenStage } from '../records/pair-records.ts';
import { api } from './client.ts';

/** Where records of a preview come from. */
export type PreviewSource =
  | { readonly kind: 'latest' | 'earliest' | 'letters' | 'running'; readonly count: number }
  | {
      readonly kind: 'pasted';
      /** Of the first data source. */
      readonly text: string;
      /** Of the other ones, by their instance names. */
      readonly others?: Readonly<Record<string, string>>;
      /** A message of which is to be said first which data source it goes to. */
      readonly undecided?: FromTopic<string>;
    };

/** Which part of what there is was looked at. */
export interface Sample {
  readonly source: PreviewSource;
  /** Messages that were run, where that is known before. */
  readonly messages?: number;
  /** Of so many; undefined where nobody counted. */
  readonly total?: number;
  /** Dead letters that could not be run: no text, or only the beginning of one. */
  readonly skipped?: number;
  /** Dead letters that came from topics which no data source of the document reads. */
  readonly elsewhere?: number;
  /** Of a running pipeline: false where time ran out first. */
  readonly isComplete?: boolean;
}

export interface Previewed {
  readonly stages: readonly SeenStage[];
  /** What the service finds about the document; without stages it could not be run. */
  readonly issues: readonly { readonly code: string; readonly severity: string; readonly message: string }[];
  readonly sample: Sample;
  /** What was run; undefined of a running pipeline. */
  readonly document: PipelineDocument | undefined;
  /** The messages that were given, by data source; undefined where the service read them. */
  readonly messages: GivenMessages | undefined;
  /** When, Unix ms by the clock of whoever looks. */
  readonly at: number;
}

export type GivenMessages = Readonly<Record<string, readonly (string | null)[]>>;

export interface PreviewSubject {
  readonly orgId: string;
  readonly pipelineId: string;
  readonly messageChannel: 0 | 1;
  readonly document: PipelineDocument;
}

const WAIT_MS = 5000;

/** Runs a document over records, or looks at those of the running pipeline; nothing is written. */
export const requestPreview = async (subject: PreviewSubject, source: PreviewSource): Promise<Previewed> => {
  switch (source.kind) {
    case 'running':
      return lookAtRun(subject, source.count);
    case 'pasted': {
      const [first = '', ...others] = sourceIdsOf(subject.document);
      const texts = [[first, source.text], ...others.map((id) => [id, source.others?.[id] ?? ''])] as const;
      const messages = Object.fromEntries(texts.map(([id, text]) => [id, [...messagesOf(text)]]));
      return run(subject, { messages }, { source, messages: countOf(messages) });
    }
    case 'letters': {
      const [{ letters, ...sample }, sources] = await Promise.all([
        readLetters(subject, source.count),
        readSourceTopics(subject),
      ]);
      const { given: messages, elsewhere } = bySource(letters, sources);
      return run(subject, { messages }, { ...sample, source, messages: countOf(messages), elsewhere });
    }
    default: {
      const live = { from: source.kind, maxRecords: source.count, timeoutMs: WAIT_MS };
      return run(subject, { live }, { source });
    }
  }
};

/**
 * The data sources of a document with their topics. The service is asked where there are several: it knows what an
 * empty name means. Of a document with errors it knows none; that is not run either, so all goes to the first.
 */
export const readSourceTopics = async ({
  orgId,
  messageChannel,
  document,
}: Omit<PreviewSubject, 'pipelineId'>): Promise<readonly SourceTopic[]> => {
  const all = sourceIdsOf(document).map((stage) => ({ stage, topic: null }));
  if (all.length < 2) return all.length === 0 ? [{ stage: '', topic: null }] : all;
  const { plan } = await resultOf(api.POST('/api/v1/validate', { body: { document, orgId, messageChannel } }));
  return plan?.sources ?? all.slice(0, 1);
};

const countOf = (messages: GivenMessages): number =>
  Object.values(messages).reduce((sum, given) => sum + given.length, 0);

type Given =
  | { readonly messages: Readonly<Record<string, (string | null)[]>> }
  | { readonly live: { from: 'latest' | 'earliest'; maxRecords: number; timeoutMs: number } };

const run = async ({ pipelineId, document }: PreviewSubject, given: Given, sample: Sample): Promise<Previewed> => {
  const body = { pipelineId, document: printJson(document), asText: true, ...bodyOf(given) };
  const at = Date.now();
  const { stages, issues } = await resultOf(api.POST('/api/v1/preview', { body }));
  const messages = 'messages' in given ? given.messages : undefined;
  return { stages: stages.map(seenStage), issues, sample, document, messages, at };
};

/** Where there is one data source, what is given is its own, whatever it is called. */
const bodyOf = (given: Given) => {
  if (!('messages' in given)) return given;
  const all = Object.values(given.messages);
  return all.length === 1 ? { messages: all[0] ?? [] } : { messagesBySource: { ...given.messages } };
};

const textOf = (record: unknown): string => (typeof record === 'string' ? record : JSON.stringify(record));

const seenStage = (stage: {
  readonly instanceName: string;
  readonly label: string;
  readonly input: readonly unknown[];
  readonly output: readonly unknown[];
  readonly dropped: readonly { readonly record?: unknown; readonly reason: string }[];
  readonly errors: readonly { readonly record?: unknown; readonly code: string; readonly message: string }[];
}): SeenStage => ({
  id: stage.instanceName,
  label: stage.label,
  input: stage.input.map(textOf),
  output: stage.output.map(textOf),
  dropped: stage.dropped.map(({ record, reason }) => ({ record: textOf(record), reason })),
  errors: stage.errors.map(({ record, code, message }) => ({ record: textOf(record), code, message })),
});

/** The newest dead letters of the pipeline, as the messages they were. */
const readLetters = async ({ orgId, pipelineId }: PreviewSubject, limit: number) => {
  const params = { path: { orgId }, query: { pipelineId, limit } };
  const [{ items }, { groups, isWhole }] = await Promise.all([
    resultOf(api.GET('/api/v1/organizations/{orgId}/dead-letters', { params })),
    resultOf(
      api.GET('/api/v1/organizations/{orgId}/dead-letter-groups', {
        params: { path: { orgId }, query: { pipelineId } },
      }),
    ),
  ]);
  const letters = items.flatMap(({ value, valueText, isCut, source: { topic } }): FromTopic<string | null>[] => {
    if (value === null) return [{ topic, message: null }];
    return valueText === undefined || isCut === true ? [] : [{ topic, message: valueText }];
  });
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  return { letters, skipped: items.length - letters.length, ...(isWhole ? { total } : {}) };
};

const lookAtRun = async ({ pipelineId }: PreviewSubject, records: number): Promise<Previewed> => {
  const params = { path: { pipelineId } };
  const body = { records, timeoutMs: WAIT_MS };
  const found = await resultOf(api.POST('/api/v1/pipelines/{pipelineId}/snapshot', { params, body }));
  const texts = (caught: readonly { readonly text: string }[]): readonly string[] => caught.map(({ text }) => text);
  return {
    stages: found.records.map(({ stage, label, input, output }) => ({
      id: stage,
      label,
      input: texts(input),
      output: texts(output),
      dropped: [],
      errors: [],
    })),
    issues: [],
    sample: { source: { kind: 'running', count: records }, isComplete: found.complete },
    document: undefined,
    messages: undefined,
    at: Date.now(),
  };
};
