/** What newer browsers have of `JSON`: numbers as they were spelt. */
interface ExactJson {
  readonly rawJSON?: (text: string) => unknown;
}
const exact = JSON as ExactJson;

const asSpelt = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && context?.source !== undefined && exact.rawJSON !== undefined
    ? exact.rawJSON(context.source)
    : value;

/**
 * Messages in a text that somebody pasted: the items of a JSON list, one JSON object, or else each line by itself, also
 * such as are no records. Numbers stay as they were spelt.
 */
export const messagesOf = (text: string): readonly string[] => {
  try {
    const value: unknown = JSON.parse(text, asSpelt);
    if (Array.isArray(value)) return value.map((item) => JSON.stringify(item));
    return [JSON.stringify(value)];
  } catch {
    return text.split(/\r?\n/).filter((line) => line.trim() !== '');
  }
};
