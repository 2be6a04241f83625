const OFFSET = /^(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;
const known = new Map<string, boolean>();
/** Names that were asked for; whoever makes up names does not fill the memory. */
const MAX_KNOWN = 1000;

/** Whether a text says where a day begins: an offset as EnOS writes it, or a name of the IANA database. */
export const isTimeZone = (text: string): boolean => {
  if (OFFSET.test(text)) return true;
  const before = known.get(text);
  if (before !== undefined) return before;
  const is = isNamedZone(text);
  if (known.size < MAX_KNOWN) known.set(text, is);
  return is;
};

const isNamedZone = (name: string): boolean => {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    // The only way to ask: an unknown name is a RangeError.
    return false;
  }
};
