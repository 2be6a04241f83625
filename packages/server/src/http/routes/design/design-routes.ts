import { hasErrors, type LiveRecords } from '@penstock/model';
import {
  givenMessagesSchema,
  givenRecordsSchema,
  liveRecordsSchema,
  messageChannelSchema,
  messagesBySourceSchema,
  recordsBySourceSchema,
  stagePreviewSchema,
} from '@penstock/model/messages';
import { Type } from 'typebox';
import type { PlanOutline } from '../../../compile/compiler.ts';
import { hideSecrets } from '../../../pipelines/hide-secrets.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { isLookingAtData } from '../../plugins/audit-reads.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { limitIssues } from '../../plugins/limit-issues.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { refusePreview } from '../../plugins/preview-errors.ts';
import { issueSchema } from '../../plugins/problem.ts';
import { bearer, nullable, responses } from '../../plugins/schemas.ts';
import { compileFor, type DesignRouteDeps, orgOf, ownedBy, parseDocument, subjectOf } from './design-subject.ts';
import { registerForecast } from './forecast-route.ts';

export type { DesignRouteDeps } from './design-subject.ts';

const base = { tags: ['Design'], security: bearer };
const document = Type.Unsafe<unknown>({
  anyOf: [{ type: 'object' }, { type: 'string' }],
  description: 'The pipeline document, as an object or as JSON text.',
});

const templateTypeSchema = Type.Integer({
  minimum: 0,
  maximum: 5,
  description:
    'What the document is: 1, the default, a document of stages; otherwise the form of a template. Of a stored pipeline the type it has.',
});

/** Checking and trying out documents. */
export const registerDesignRoutes = (app: ApiInstance, deps: DesignRouteDeps): void => {
  registerValidate(app, deps);
  registerPreview(app, deps);
  registerForecast(app, deps);
};

const planSchema = nameSchema(
  'Plan',
  Type.Object({
    sources: Type.Array(
      Type.Object({
        stage: Type.String(),
        topic: nullable(Type.String({ description: 'The topic it reads; null of a source that reads none.' })),
      }),
      { description: 'In the order of the document.' },
    ),
    parts: Type.Array(Type.Object({ part: Type.Integer(), source: Type.String(), stages: Type.Array(Type.String()) })),
    cuts: Type.Array(
      Type.Object({ index: Type.Integer(), before: Type.String(), partitionedBy: Type.Array(Type.String()) }),
    ),
  }),
);
const compiledSchema = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  description:
    'Of a template: the document of stages that its form stands for. Null for documents of stages, and where the form has errors.',
});
const validationSchema = nameSchema(
  'Validation',
  Type.Object({
    valid: Type.Boolean(),
    issues: Type.Array(issueSchema),
    plan: nullable(planSchema),
    compiled: nullable(compiledSchema),
  }),
);
const previewSchema = nameSchema(
  'Preview',
  Type.Object({
    stages: Type.Array(nameSchema('StagePreview', stagePreviewSchema)),
    issues: Type.Array(issueSchema),
  }),
);

const registerValidate = (app: ApiInstance, deps: DesignRouteDeps): void => {
  void app.post(
    '/validate',
    {
      config: { permission: 'pipelines.design' },
      bodyLimit: deps.bodyBytes,
      schema: {
        ...base,
        summary: 'Everything that is wrong with a document, with JSON Pointers',
        body: Type.Object({
          document,
          templateType: Type.Optional(templateTypeSchema),
          orgId: Type.Optional(Type.String()),
          messageChannel: Type.Optional(messageChannelSchema),
        }),
        response: responses({ 200: validationSchema }, 413),
      },
    },
    async (request) => {
      const { orgId, messageChannel, templateType } = request.body;
      const facts = {
        pipelineId: 'validate',
        orgId: await orgOf(deps, request, orgId),
        messageChannel: messageChannel ?? 0,
        ...(templateType === undefined ? {} : { templateType }),
      };
      const parsed = parseDocument(request.body.document, deps.limits.documentBytes);
      if (parsed.issue !== undefined) return { valid: false, issues: [parsed.issue], plan: null, compiled: null };
      const { outline, issues, document: compiled } = await compileFor(deps, parsed.document, facts);
      return {
        valid: !hasErrors(issues),
        issues: limitIssues(issues),
        plan: outline === undefined ? null : shown(outline),
        compiled: compiled ?? null,
      };
    },
  );
};

/** As the API's types want it. */
const shown = ({ sources, parts, cuts }: PlanOutline) => ({
  sources: sources.map((source) => ({ ...source })),
  parts: parts.map((part) => ({ ...part, stages: [...part.stages] })),
  cuts: cuts.map((cut) => ({ ...cut, partitionedBy: [...cut.partitionedBy] })),
});

const live = Type.Object({
  ...liveRecordsSchema.properties,
  fromLatest: Type.Optional(Type.Boolean()),
  fromEarliest: Type.Optional(Type.Boolean()),
});

const registerPreview = (app: ApiInstance, deps: DesignRouteDeps): void => {
  void app.post(
    '/preview',
    {
      config: { permission: 'pipelines.design' },
      bodyLimit: deps.bodyBytes,
      schema: {
        ...base,
        summary: 'Run a document over given or live records; nothing is written or committed',
        body: Type.Object({
          document: Type.Optional(document),
          templateType: Type.Optional(templateTypeSchema),
          pipelineId: Type.Optional(Type.String()),
          released: Type.Optional(Type.Boolean()),
          orgId: Type.Optional(Type.String()),
          messageChannel: Type.Optional(messageChannelSchema),
          records: Type.Optional(givenRecordsSchema),
          recordsBySource: Type.Optional(recordsBySourceSchema),
          messages: Type.Optional(givenMessagesSchema),
          messagesBySource: Type.Optional(messagesBySourceSchema),
          live: Type.Optional(live),
          asText: Type.Optional(
            Type.Boolean({
              description: 'Records of the answer are JSON texts, in which every number has all of its digits.',
            }),
          ),
        }),
        response: responses({ 200: previewSchema }, 413, 422, 429, 503),
      },
    },
    async (request) => {
      const { records, recordsBySource, messages, messagesBySource, live: wanted, asText } = request.body;
      const isGiven = [records, recordsBySource, messages, messagesBySource].some((given) => given !== undefined);
      const subject = await subjectOf(deps, request, request.body);
      if (subject.issue !== undefined) return { stages: [], issues: [subject.issue] };
      if (!isGiven) isLookingAtData(request);
      // Checked here as well, so that a preview reads no topic that the pipeline itself could not.
      const checked = await compileFor(deps, subject.document, {
        ...subject.facts,
        templateType: subject.templateType,
      });
      if (checked.outline === undefined) return { stages: [], issues: limitIssues(checked.issues) };
      const reply = await deps.previews
        .run({
          document: checked.document ?? subject.document,
          facts: { ...subject.facts, ...(await ownedBy(deps, subject.facts.orgId, [subject.document])) },
          // Given records need no broker, and a process that runs scripts has nothing that it does not need.
          ...(deps.kafka === undefined || isGiven ? {} : { kafka: deps.kafka }),
          ...(records === undefined ? {} : { records }),
          ...(recordsBySource === undefined ? {} : { recordsBySource }),
          ...(messages === undefined ? {} : { messages }),
          ...(messagesBySource === undefined ? {} : { messagesBySource }),
          ...(wanted === undefined ? {} : { live: liveOf(wanted) }),
          ...(asText === true ? { asText } : {}),
        })
        .catch(refusePreview);
      if (reply.failure !== undefined) {
        const status = reply.failure.code.startsWith('KAFKA_') ? 503 : 422;
        throw new ApiError(status, reply.failure.code, hideSecrets(reply.failure.message, subject.document));
      }
      return hideSecrets(
        { stages: [...(reply.stages ?? [])], issues: limitIssues(checked.issues) },
        subject.document,
      ) as never;
    },
  );
};

const liveOf = (given: {
  from?: 'latest' | 'earliest';
  fromEarliest?: boolean;
  maxRecords?: number;
  timeoutMs?: number;
}): LiveRecords => ({
  from: given.from ?? (given.fromEarliest === true ? 'earliest' : 'latest'),
  ...(given.maxRecords === undefined ? {} : { maxRecords: given.maxRecords }),
  ...(given.timeoutMs === undefined ? {} : { timeoutMs: given.timeoutMs }),
});
