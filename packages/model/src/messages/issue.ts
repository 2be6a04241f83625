import { Type } from 'typebox';
import type { Message } from './message.ts';

/**
 * Something wrong, or worth knowing, about a document or a request: a value, never thrown. `path` is a JSON Pointer
 * into what was checked, so that an editor can go to the field.
 */
export const issueSchema = Type.Object({
  /** Stable, upper snake case, `AREA_NOUN_PROBLEM`. */
  code: Type.String(),
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
  path: Type.String({ description: 'JSON Pointer (RFC 6901) into what was checked.' }),
  /** What is wrong and what to do, in one or two sentences; values quoted, no secrets. */
  message: Type.String(),
  stage: Type.Optional(Type.String({ description: 'Instance name of the stage concerned.' })),
  at: Type.Optional(
    Type.Object(
      { offset: Type.Integer({ minimum: 0 }), length: Type.Integer({ minimum: 0 }) },
      { description: 'Where in the text at `path` (an expression, a script), in UTF-16 units from its beginning.' },
    ),
  ),
});
export type Issue = Message<typeof issueSchema>;
