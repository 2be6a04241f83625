import type { TopicSampleField } from '@penstock/client/session';

/** What the records of several pages are made of: each field once, with the types it has anywhere. */
export const mergedFields = (pages: readonly (readonly TopicSampleField[])[]): readonly TopicSampleField[] => {
  const [first = [], ...others] = pages;
  if (others.length === 0) return first;
  const merged = new Map<string, TopicSampleField>();
  for (const field of pages.flat()) {
    const known = merged.get(field.path);
    merged.set(
      field.path,
      known === undefined
        ? field
        : { ...known, types: [...new Set([...known.types, ...field.types])], count: known.count + field.count },
    );
  }
  return [...merged.values()];
};
