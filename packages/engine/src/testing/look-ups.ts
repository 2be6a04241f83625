import { AppError } from '@penstock/model';
import Type from 'typebox';
import { assetServiceOf, type OutsideServices } from '../look-ups/look-ups.ts';
import { defineLookUp, defineProcessor, type LookUpPolicy } from '../operator/index.ts';
import type { HttpAnswer, HttpRequest } from '../ports.ts';

/** A look-up for tests of the engine: the record's `ask` is a URL, and what comes back becomes its `answer`. */

export const testPolicy: LookUpPolicy = {
  ttlMs: 60_000,
  missingTtlMs: 10_000,
  maxEntries: 100,
  maxBytes: 1_000_000,
  concurrency: 4,
  timeoutMs: 1000,
  retries: 2,
};

const pages = defineLookUp<string, string, { policy: Partial<LookUpPolicy>; alone: boolean; effects: boolean }>({
  name: 'pages',
  policy: ({ policy }) => ({ ...testPolicy, ...policy }),
  hasEffects: ({ effects }) => effects,
  open: ({ alone }) => ({
    needs: (record) => {
      const url = record.get('ask');
      if (url === undefined) return [];
      if (typeof url !== 'string') throw new AppError('ASK_NOT_VALID', '"ask" is no text.', { domain: 'user' });
      return [{ key: alone ? undefined : url, question: url }];
    },
    ask: async (url, { http }, signal) => {
      const answer = await http({ method: 'GET', url, headers: {}, maxAnswerBytes: 1000 }, signal);
      if (answer.status === 404) return undefined;
      if (answer.status === 200) return answer.body;
      const isBusy = answer.status === 429;
      throw new AppError('PAGE_REFUSED', `Status ${answer.status}.`, {
        domain: 'external',
        retryable: isBusy || answer.status >= 500,
        ...(isBusy ? { params: { retryAfterMs: Number(answer.headers['retry-after']) * 1000 } } : {}),
      });
    },
    follow: ({ assets }, forget) => assets.onChanged(forget),
    sizeOf: (page) => page.length,
  }),
});

export const asking = defineProcessor({
  id: 'asking',
  stageName: 'asking',
  library: 'test',
  version: 1,
  label: 'asking',
  instancePrefix: 'asking',
  libraries: [],
  category: 'lookup',
  keywords: [],
  summary: 'asking',
  description: 'asking',
  config: Type.Object({
    policy: Type.Unsafe<Partial<LookUpPolicy>>({ default: {} }),
    alone: Type.Boolean({ default: false }),
    effects: Type.Boolean({ default: false }),
  }),
  lookUps: [pages],
  changes: () => ['answer'],
  create: (_config, context) => {
    const answers = context.lookUp(pages);
    return {
      process(record, out) {
        const found = answers.of(record);
        record.set(
          'answer',
          found.map(({ value }) => value ?? null),
        );
        record.set(
          'isKept',
          found.some(({ isKept }) => isKept),
        );
        out.emit(record);
      },
    };
  },
});

/** HTTP that answers as a test says, and remembers what it was asked. */
export const scriptedHttp = (
  answer: (request: HttpRequest, signal: AbortSignal, calls: number) => HttpAnswer | Promise<HttpAnswer>,
): OutsideServices & {
  readonly asked: string[];
  readonly mostAtOnce: () => number;
  /** Tells who follows that the answers for these are old. */
  readonly change: (keys: readonly string[] | 'all') => void;
} => {
  const asked: string[] = [];
  const calls = new Map<string, number>();
  let now = 0;
  let most = 0;
  const listeners: ((keys: readonly string[] | 'all') => void)[] = [];
  return {
    asked,
    mostAtOnce: () => most,
    change: (keys) => {
      for (const listener of listeners) listener(keys);
    },
    assets: assetServiceOf({ onChanged: (listener) => void listeners.push(listener) }),
    http: async (request, signal) => {
      const before = calls.get(request.url) ?? 0;
      calls.set(request.url, before + 1);
      asked.push(request.url);
      most = Math.max(most, ++now);
      try {
        return await answer(request, signal, before);
      } finally {
        now -= 1;
      }
    },
  };
};

/** Asks for each word of the page that `asks` is about, after the page: a look-up that goes by the answers of another. */
const words = defineLookUp<string, string, { policy: Partial<LookUpPolicy> }, string>({
  name: 'words',
  policy: ({ policy }) => ({ ...testPolicy, ...policy }),
  after: pages,
  open: () => ({
    needs: (_record, before) =>
      before
        .flatMap(({ value }) => (value ?? '').split(' ').filter((word) => word !== ''))
        .map((word) => ({ key: word, question: word })),
    ask: async (word, { http }, signal) => {
      const { status, body } = await http(
        { method: 'GET', url: `word:${word}`, headers: {}, maxAnswerBytes: 1000 },
        signal,
      );
      if (status !== 200) throw new AppError('WORD_REFUSED', `Status ${status}.`, { domain: 'external' });
      return body;
    },
  }),
});

export const askingTwice = defineProcessor<typeof asking.config>({
  ...asking,
  id: 'askingTwice',
  stageName: 'askingTwice',
  label: 'askingTwice',
  instancePrefix: 'askingTwice',
  lookUps: [pages, words],
  create: (_config, context) => {
    const answers = context.lookUp(words);
    return {
      process(record, out) {
        record.set(
          'answer',
          answers.of(record).map(({ value }) => value ?? null),
        );
        out.emit(record);
      },
    };
  },
});
