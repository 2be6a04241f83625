import type { ServerResponse } from 'node:http';

/** Aborts when the connection of an answer closes, answered or not. */
export const closingOf = (response: ServerResponse): AbortSignal => {
  const closing = new AbortController();
  response.once('close', () => closing.abort());
  return closing.signal;
};
