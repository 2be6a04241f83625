import { fieldsOf } from './fields.ts';

/** So many records are looked at. */
const LOOKED_AT = 20;

/** Fields that records have, as expressions write them; texts that are no JSON have none. */
export const fieldPathsOf = (texts: readonly string[]): readonly string[] => {
  const paths = texts.slice(0, LOOKED_AT).flatMap((text) => {
    try {
      return fieldsOf(text).map(({ path }) => path);
    } catch {
      return []; // a message that is no record
    }
  });
  return [...new Set(paths)].filter((path) => path !== '');
};
