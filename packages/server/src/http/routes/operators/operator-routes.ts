import {
  expressionFunctions,
  type OperatorDefinition,
  type OperatorRegistry,
  stageSettingsSchema,
  storesOfOperator,
} from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import {
  type OwnDefinition,
  operatorTitles,
  type ShownCase,
  schemaInLanguage,
  shownCases,
  TITLE_LANGUAGES,
  type TitleLanguage,
} from '@penstock/operators';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import { readOwnLibraries } from '../../../use-case/read-libraries.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { pageOfArray } from '../../plugins/cursor.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, pageOf, pageQuery, responses } from '../../plugins/schemas.ts';

const base = { tags: ['Design'], security: bearer };
const anyObject = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true });

const operatorSchema = nameSchema(
  'Operator',
  Type.Object({
    id: Type.String(),
    kind: Type.String(),
    label: Type.String(),
    stageName: Type.String(),
    library: Type.String(),
    version: Type.Integer(),
    instancePrefix: Type.String(),
    libraries: Type.Array(Type.String()),
    category: Type.String(),
    keywords: Type.Array(Type.String()),
    summary: Type.String(),
    description: Type.String(),
    stateful: Type.Boolean(),
    cluster: Type.Boolean(),
    config: anyObject,
    examples: Type.Array(anyObject),
  }),
);

const languageQuery = {
  language: Type.Optional(
    Type.Union(
      TITLE_LANGUAGES.map((language) => Type.Literal(language)),
      { description: 'Of titles and summaries, English where it is not given; what has none in it is in English.' },
    ),
  ),
};

const orgQuery = {
  orgId: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'With the operators of the libraries of its own that this organisation has installed.',
    }),
  ),
};

export interface OperatorRouteDeps extends Pick<UseCaseDeps, 'store'> {
  readonly registry: OperatorRegistry;
}

const definitionsFor = async (
  { store, registry }: OperatorRouteDeps,
  request: FastifyRequest,
  orgId: string | undefined,
): Promise<readonly OperatorDefinition[]> => {
  if (orgId === undefined) return registry.definitions;
  requireOrganizationAccess(request, orgId);
  const ownLibraries = await readOwnLibraries(store.db, (await requireOrganization(store.db, orgId)).orgId);
  return (registry.of?.({ ownLibraries }) ?? registry).definitions;
};

/** The operators that documents are made of, as data. */
export const registerOperatorRoutes = (app: ApiInstance, deps: OperatorRouteDeps): void => {
  void app.get(
    '/operators',
    {
      config: { permission: 'anyone' },
      schema: {
        ...base,
        summary: 'Operators: configuration schemas, documentation, examples',
        querystring: Type.Object({ ...pageQuery.properties, ...languageQuery, ...orgQuery }),
        response: responses({ 200: pageOf(operatorSchema) }),
      },
    },
    async (request) =>
      pageOfArray(
        (await definitionsFor(deps, request, request.query.orgId)).map((definition) =>
          describeOperator(definition, request.query.language),
        ),
        request.query,
      ),
  );
  void app.get(
    '/operators/:id',
    {
      config: { permission: 'anyone' },
      schema: {
        ...base,
        summary: 'One operator',
        params: Type.Object({ id: Type.String() }),
        querystring: Type.Object({ ...languageQuery, ...orgQuery }),
        response: responses({ 200: operatorSchema }),
      },
    },
    async (request) => {
      const definitions = await definitionsFor(deps, request, request.query.orgId);
      const found = definitions.find(({ id }) => id === request.params.id);
      if (found === undefined) throw new ApiError(404, 'OPERATOR_UNKNOWN', 'There is no such operator.');
      return describeOperator(found, request.query.language);
    },
  );
  void app.get(
    '/stage-settings',
    {
      config: { permission: 'anyone' },
      schema: {
        ...base,
        summary: 'Configuration that every stage has, whatever its operator, as JSON Schema',
        querystring: Type.Object(languageQuery),
        response: responses({ 200: anyObject }),
      },
    },
    async (request) => schemaInLanguage(asJson(stageSettingsSchema), request.query.language ?? 'en'),
  );
};

const functionSchema = nameSchema(
  'ExpressionFunction',
  Type.Object({
    name: Type.String(),
    signature: Type.String(),
    summary: Type.String(),
    family: Type.String(),
    parameters: Type.Array(
      Type.Object({
        name: Type.String(),
        type: Type.String(),
        use: Type.Union([Type.Literal('required'), Type.Literal('optional'), Type.Literal('repeated')]),
      }),
    ),
    examples: Type.Array(
      Type.Object({ source: Type.String(), result: Type.String({ description: 'The value as JSON text.' }) }),
    ),
  }),
);

/** Functions of the expression language, as editors need them for completion and help. */
export const registerExpressionRoutes = (app: ApiInstance): void => {
  void app.get(
    '/expression-functions',
    {
      config: { permission: 'anyone' },
      schema: {
        ...base,
        summary: 'Functions of the expression language: parameters, summary, examples',
        response: responses({ 200: Type.Object({ items: Type.Array(functionSchema) }) }),
      },
    },
    async () => ({ items: expressionFunctions.map(describeFunction) }),
  );
};

const describeFunction = ({
  name,
  signature,
  summary,
  family,
  parameters,
  examples,
}: (typeof expressionFunctions)[number]) => ({
  name,
  signature,
  summary,
  family,
  parameters: parameters.map((parameter) => ({ ...parameter })),
  examples: examples.map(({ source, result }) => ({
    source,
    result: typeof result === 'bigint' ? String(result) : JSON.stringify(result),
  })),
});

/** Through JSON, since schemas carry symbols and methods of their library. */
const asJson = (schema: object): JsonObject => {
  const value: JsonObject = JSON.parse(JSON.stringify(schema));
  return value;
};

/** What of a definition is data, with titles in a language. */
const describeOperator = (definition: OperatorDefinition, language: TitleLanguage = 'en') => ({
  id: definition.id,
  kind: definition.kind,
  stageName: definition.stageName,
  library: definition.library,
  version: definition.version,
  instancePrefix: definition.instancePrefix,
  libraries: [...definition.libraries],
  category: definition.category,
  ...titlesOf(definition, language),
  description: definition.description,
  stateful: definition.kind === 'processor' && storesOfOperator(definition).length > 0,
  cluster: definition.kind !== 'source' || definition.cluster,
  config: schemaInLanguage(asJson(definition.config), language, definition),
  examples: shownOf(definition).map((shown) => ({ ...shown })),
});

const shownOf = (definition: OperatorDefinition): readonly ShownCase[] =>
  shownCases[definition.id] ?? (definition as Partial<OwnDefinition>).shown ?? [];

const titlesOf = (definition: OperatorDefinition, language: TitleLanguage = 'en') => {
  const { keywords, ...titles } = operatorTitles(definition, language);
  return { ...titles, keywords: [...keywords] };
};
