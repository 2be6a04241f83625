import type { Issue } from '@penstock/model';
import { issueSchema as schemaOfIssue } from '@penstock/model/messages';
import { type Static, Type } from 'typebox';
import { explanationSchema } from './explain-codes.ts';
import { limitIssues } from './limit-issues.ts';
import { nameSchema } from './named-schemas.ts';

export const issueSchema = nameSchema(
  'Issue',
  Type.Object({ ...schemaOfIssue.properties, explanation: Type.Optional(explanationSchema) }),
);

/** The body of every answer of `/api/v1` that is not a success. */
export const problemSchema = Type.Object(
  {
    code: Type.String({ description: 'Stable, upper snake case.' }),
    message: Type.String({ description: 'For people: what is wrong and what to do.' }),
    params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    issues: Type.Optional(Type.Array(issueSchema)),
    explanation: Type.Optional(explanationSchema),
    requestId: Type.String(),
  },
  { $id: 'Problem', description: 'What went wrong, in the same form for all routes.' },
);
export type Problem = Static<typeof problemSchema>;

export const problem = (
  request: { readonly id: string },
  code: string,
  message: string,
  more: { readonly params?: Readonly<Record<string, unknown>>; readonly issues?: readonly Issue[] } = {},
): Problem => ({
  code,
  message,
  ...(more.params === undefined || Object.keys(more.params).length === 0 ? {} : { params: { ...more.params } }),
  ...(more.issues === undefined || more.issues.length === 0 ? {} : { issues: limitIssues(more.issues) }),
  requestId: request.id,
});
