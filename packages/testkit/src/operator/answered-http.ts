import { type HttpRequest, LookUps, type References } from '@penstock/engine';
import type { JsonValue } from '@penstock/model';
import { type GivenStore, givenAssetService } from '../given-assets.ts';

/** What a service answers in a case; status 200 and no headers unless it says otherwise. */
export interface GivenAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** By method and URL (`GET https://example.org/a`): the answer, or answers one after the other, the last for ever. */
export type GivenAnswers = Readonly<Record<string, GivenAnswer | readonly GivenAnswer[]>>;

/** Of everything that is not given. */
const ELSE: GivenAnswer = { body: '{}' };

/** What services answer to stages under test. */
export interface GivenServices extends GivenStore {
  readonly http?: GivenAnswers | undefined;
  readonly references?: GivenReferences | undefined;
}

/** Reference data by its name. */
export type GivenReferences = Readonly<Record<string, JsonValue>>;

/** Gives stages reference data, as the next revision. */
export const putReferences = (held: References, given: GivenReferences, revision: number): void => {
  for (const wanted of held.wanted) {
    const data = given[wanted.name];
    if (data !== undefined) held.put(wanted, { revision, data });
  }
};

/**
 * Look-ups of stages under test: services answer at once and as given, and time passes as soon as somebody waits for it. `asked` gets every request.
 */
export const answeredLookUps = (
  { http: answers = {}, assets = {}, trees = {}, models = {} }: GivenServices,
  options: { readonly isPreview?: boolean },
  asked: HttpRequest[],
): LookUps => {
  const given = new Map<string, number>();
  const http = async (request: HttpRequest) => {
    asked.push(request);
    const name = `${request.method} ${request.url}`;
    const nth = given.get(name) ?? 0;
    given.set(name, nth + 1);
    const own = [answers[name] ?? ELSE].flat();
    const { status = 200, headers = {}, body = '' } = own[Math.min(nth, own.length - 1)] ?? ELSE;
    return { status, headers, body };
  };
  let now = 1_700_000_000_000;
  const sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    const until = now + ms;
    return new Promise((resolve) =>
      setImmediate(() => {
        // Nobody waits any more for what was given up.
        if (!signal.aborted) now = Math.max(now, until);
        resolve();
      }),
    );
  };
  const store = givenAssetService({ assets, trees, models });
  return new LookUps({ http, assets: store }, { now: () => now, sleep }, options);
};
