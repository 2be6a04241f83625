import type { DeadLetter } from './dead-letter.ts';
import type { DeadLetterPage, Position } from './list-dead-letters.ts';

/** Letters that are counted at most: the newest of them. */
const MAX_COUNTED = 10_000;
const MAX_PAGES = 50;
const DAY_MS = 86_400_000;

/** Dead letters of one pipeline, stage, cause and day. */
export interface DeadLetterGroup {
  readonly pipelineId: string;
  readonly stage: string;
  readonly code: string;
  /** Its beginning (UTC), Unix ms. */
  readonly day: number;
  readonly count: number;
  readonly oldestAt: number;
  readonly newestAt: number;
}

export interface DeadLetterGroups {
  /** The one with the newest letter first. */
  readonly groups: readonly DeadLetterGroup[];
  readonly counted: number;
  /** Whether all there are were counted, and not only the newest. */
  readonly isWhole: boolean;
}

/** Counts dead letters by pipeline, stage, cause and day, page by page from the newest back, and a bounded number of them. */
export const groupDeadLetters = async (
  nextPage: (from: Position | undefined, limit: number) => Promise<DeadLetterPage>,
): Promise<DeadLetterGroups> => {
  const groups = new Map<string, { -readonly [K in keyof DeadLetterGroup]: DeadLetterGroup[K] }>();
  let counted = 0;
  let from: Position | undefined;
  for (let pages = 0; pages < MAX_PAGES && counted < MAX_COUNTED; pages++) {
    const page = await nextPage(from, MAX_COUNTED - counted);
    for (const letter of page.letters) add(groups, letter);
    counted += page.letters.length;
    from = page.next;
    if (from === undefined) break;
  }
  return {
    groups: [...groups.values()].sort((a, b) => b.newestAt - a.newestAt),
    counted,
    isWhole: from === undefined,
  };
};

const add = (
  groups: Map<string, { -readonly [K in keyof DeadLetterGroup]: DeadLetterGroup[K] }>,
  { pipelineId, stage, code, at }: DeadLetter,
): void => {
  const day = Math.floor(at / DAY_MS) * DAY_MS;
  const key = JSON.stringify([pipelineId, stage, code, day]);
  const group = groups.get(key);
  if (group === undefined) groups.set(key, { pipelineId, stage, code, day, count: 1, oldestAt: at, newestAt: at });
  else {
    group.count += 1;
    group.oldestAt = Math.min(group.oldestAt, at);
    group.newestAt = Math.max(group.newestAt, at);
  }
};
