import { isJsonObject, type JsonObject } from '@penstock/model';
import type { Page, Route } from 'playwright-core';

/** Answers in place of the service: its lists, with as many rows as are wanted, made from one of its own. */

const ofList = async (route: Route): Promise<{ answer: JsonObject; first: JsonObject }> => {
  const response = await route.fetch();
  const answer: unknown = await response.json();
  if (!isJsonObject(answer) || !Array.isArray(answer.items)) throw new Error(`no list at ${route.request().url()}`);
  const first = answer.items.find(isJsonObject);
  if (first === undefined) throw new Error(`an empty list at ${route.request().url()}`);
  return { answer, first };
};

/** Makes a list page by page: rows from a first one that the service has. */
export const serveMany = async (
  page: Page,
  path: RegExp,
  { total, row }: { readonly total: number; readonly row: (first: JsonObject, index: number) => JsonObject },
): Promise<void> => {
  let known: { answer: JsonObject; first: JsonObject } | undefined;
  await page.route(path, async (route) => {
    const { searchParams } = new URL(route.request().url());
    const from = Number(searchParams.get('cursor') ?? 0);
    const limit = Number(searchParams.get('limit') ?? 50);
    if (known === undefined) {
      if (from > 0) throw new Error('the first page was not asked for first');
      known = await ofList(route);
    }
    const { answer, first } = known;
    const count = Math.min(limit, total - from);
    const items = Array.from({ length: count }, (_, index) => row(first, from + index));
    await route.fulfill({ json: { ...answer, items, nextCursor: from + count < total ? String(from + count) : null } });
  });
};
