import type { JsonValue } from '@penstock/model';
import { isTooDense, nestingOf } from '../../pipelines/json-text.ts';
import { MAX_NESTING } from '../../pipelines/parse-save-request.ts';

/** A body that was read, or what is wrong with it. */
export type ParsedBody =
  | { readonly ok: true; readonly value: JsonValue; readonly text: string }
  | { readonly ok: false; readonly problem: string };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Parses a body whatever its Content-Type says: clients of this API send JSON under several names. */
export const parseBody = (raw: Buffer): ParsedBody => {
  if (raw.length === 0) return { ok: false, problem: 'The body is empty; a JSON object is expected.' };
  let text: string;
  try {
    text = utf8.decode(raw);
  } catch {
    return { ok: false, problem: 'The body is not UTF-8.' };
  }
  if (isTooDense(text)) return { ok: false, problem: 'The body holds too many values for its size.' };
  if (nestingOf(text) > MAX_NESTING)
    return { ok: false, problem: `The body is nested deeper than ${MAX_NESTING} levels.` };
  try {
    const value: JsonValue = JSON.parse(text);
    return { ok: true, value, text };
  } catch (error) {
    return { ok: false, problem: `The body is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
};
