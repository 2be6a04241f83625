import {
  type Static,
  type TNull,
  type TObject,
  type TOptional,
  type TProperties,
  type TSchema,
  type TUnion,
  Type,
} from 'typebox';
import { ROLES, type Role } from '../../auth/permissions.ts';
import type { problemSchema } from './problem.ts';

export const text = (description: string) => Type.String({ description });
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/**
 * A part of a message as the API shows it: what the message may leave out is always there, and null where it was left
 * out. `show` makes it of the part; what is added to the message is shown without more ado.
 */
export const shown = <P extends TProperties>(part: TObject<P>) => {
  const names = Object.keys(part.properties);
  const properties = names.map((name) => {
    const property = part.properties[name] as TSchema;
    return [name, Type.IsOptional(property) ? nullable(property) : property] as const;
  });
  return {
    schema: Type.Object(Object.fromEntries(properties)) as TObject<Shown<P>>,
    show: (given: Static<TObject<P>>): Static<TObject<Shown<P>>> => {
      const values = given as Readonly<Record<string, unknown>>;
      return Object.fromEntries(names.map((name) => [name, values[name] ?? null])) as Static<TObject<Shown<P>>>;
    },
  };
};

type Shown<P extends TProperties> = { [K in keyof P]: P[K] extends TOptional ? TUnion<[P[K], TNull]> : P[K] };

/** Unix ms. */
export const time = (description: string) => Type.Integer({ description: `${description} (Unix ms)` });

/** What a key or a member may do in an organisation, each role more than the one before. */
export const roleSchema = Type.Unsafe<Role>({ type: 'string', enum: [...ROLES] });

export const orgParams = Type.Object({ orgId: Type.String({ minLength: 1, maxLength: 64 }) });
export const pipelineParams = Type.Object({ pipelineId: Type.String({ minLength: 1, maxLength: 64 }) });

export const pageQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Items at most.' }),
  cursor: Type.Optional(Type.String({ maxLength: 2000, description: '`nextCursor` of the page before.' })),
});

export const pageOf = <T extends TSchema>(items: T) =>
  Type.Object({
    items: Type.Array(items),
    nextCursor: nullable(Type.String({ description: 'Where the next page begins; null on the last.' })),
    total: nullable(Type.Integer({ description: 'Items over all pages; null where that is not known.' })),
  });

/** A schema for each status a route may answer, those of every route included. */
export const responses = <T extends Record<number, TSchema>>(own: T, ...problems: readonly number[]) => {
  const declared: Record<number, TSchema> = {};
  for (const status of [400, 401, 403, 404, 500, ...problems]) {
    declared[status] = { ...Type.Ref('Problem'), description: PROBLEMS[status] ?? 'Problem' } as TSchema;
  }
  for (const [status, schema] of Object.entries(own)) declared[Number(status)] = { description: 'Done.', ...schema };
  return declared as T & Record<400 | 401 | 403 | 404 | 500, typeof problemSchema>;
};

const PROBLEMS: Record<number, string> = {
  400: 'The request is wrong.',
  401: 'Credentials are missing, wrong or expired.',
  403: 'The caller may not do this.',
  404: 'There is no such thing, or not for this caller.',
  409: 'Not possible in the present state.',
  412: 'What was decided on has changed meanwhile.',
  413: 'The body is too large.',
  421: 'The service does not go by that name.',
  422: 'The document has errors; `issues` names them.',
  428: 'The request must say which revision it is about.',
  429: 'Too many at once; try again.',
  500: 'Something went wrong in the service.',
  503: 'Something the service depends on cannot be reached.',
};

/** Whoever may call a route of ours: by a token, or signed in. */
export const bearer = [{ bearer: [] }, { session: [] }];
