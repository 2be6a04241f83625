import type { TopicBytes } from '@penstock/client/session';

/** A key, a value or that of a header in a line: its text, or its bytes where it is none. Undefined: there is none. */
export const textOfPart = (part: TopicBytes | null): string | undefined =>
  part === null ? undefined : (part.text ?? `base64:${part.base64}`);

interface Searched {
  readonly key: TopicBytes | null;
  readonly value: TopicBytes | null;
  readonly headers: readonly { readonly key: string; readonly value: TopicBytes | null }[];
}

/** Whether key, value or headers of a record have a text in them, in whichever case. */
export const hasText = ({ key, value, headers }: Searched, text: string): boolean => {
  const wanted = text.toLowerCase();
  const parts = [key, value, ...headers.map((header) => header.value)].map(textOfPart);
  return [...parts, ...headers.map((header) => header.key)].some((part) => part?.toLowerCase().includes(wanted));
};
