import type { OperatorRegistry } from '@penstock/engine';
import {
  AppError,
  hasErrors,
  type Issue,
  isJsonObject,
  type JsonObject,
  type KafkaSettings,
  type LiveRecords,
  type PipelineFacts,
} from '@penstock/model';
import {
  givenMessagesSchema,
  givenRecordsSchema,
  liveRecordsSchema,
  messageChannelSchema,
  stagePreviewSchema,
} from '@penstock/model/messages';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Caller, isInstallationAdministrator } from '../../../auth/caller.ts';
import type { CompileFacts, CompileOutcome, Compiler, PlanOutline } from '../../../compile/compiler.ts';
import { unmaskDocument } from '../../../pipelines/document-secrets.ts';
import { hideSecrets } from '../../../pipelines/hide-secrets.ts';
import { nestingOf } from '../../../pipelines/json-text.ts';
import { MAX_NESTING } from '../../../pipelines/parse-save-request.ts';
import { getPipelineCopy } from '../../../pipelines/read-pipelines.ts';
import type { PreviewRunner } from '../../../preview/preview-runner.ts';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import { readTopicGrants } from '../../../use-case/read-topic-grants.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { isLookingAtData } from '../../plugins/audit-reads.ts';
import { callerOf, requireOrganizationAccess } from '../../plugins/caller.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { limitIssues } from '../../plugins/limit-issues.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { issueSchema } from '../../plugins/problem.ts';
import { bearer, nullable, responses } from '../../plugins/schemas.ts';
import { targetOf } from '../pipelines/pipeline-routes.ts';

export interface DesignRouteDeps extends UseCaseDeps {
  readonly registry: OperatorRegistry;
  readonly previews: PreviewRunner;
  readonly compiler: Compiler;
  readonly kafka: KafkaSettings | undefined;
  /** Largest body of a route that takes documents. */
  readonly bodyBytes: number;
}

const base = { tags: ['Design'], security: bearer };
const document = Type.Unsafe<unknown>({
  anyOf: [{ type: 'object' }, { type: 'string' }],
  description: 'The pipeline document, as an object or as JSON text.',
});

/** Checking and trying out documents. */
export const registerDesignRoutes = (app: ApiInstance, deps: DesignRouteDeps): void => {
  registerValidate(app, deps);
  registerPreview(app, deps);
};

const planSchema = nameSchema(
  'Plan',
  Type.Object({
    parts: Type.Array(Type.Object({ part: Type.Integer(), source: Type.String(), stages: Type.Array(Type.String()) })),
    cuts: Type.Array(
      Type.Object({ index: Type.Integer(), before: Type.String(), partitionedBy: Type.Array(Type.String()) }),
    ),
  }),
);
const validationSchema = nameSchema(
  'Validation',
  Type.Object({ valid: Type.Boolean(), issues: Type.Array(issueSchema), plan: nullable(planSchema) }),
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
          orgId: Type.Optional(Type.String()),
          messageChannel: Type.Optional(messageChannelSchema),
        }),
        response: responses({ 200: validationSchema }, 413),
      },
    },
    async (request) => {
      const { orgId, messageChannel } = request.body;
      const facts = {
        pipelineId: 'validate',
        orgId: await orgOf(deps, request, orgId),
        messageChannel: messageChannel ?? 0,
      };
      const parsed = parseDocument(request.body.document, deps.limits.documentBytes);
      if (parsed.issue !== undefined) return { valid: false, issues: [parsed.issue], plan: null };
      const { outline, issues } = await compileFor(deps, parsed.document, facts);
      return {
        valid: !hasErrors(issues),
        issues: limitIssues(issues),
        plan: outline === undefined ? null : shown(outline),
      };
    },
  );
};

/** As the API's types want it. */
const shown = ({ parts, cuts }: PlanOutline) => ({
  parts: parts.map((part) => ({ ...part, stages: [...part.stages] })),
  cuts: cuts.map((cut) => ({ ...cut, partitionedBy: [...cut.partitionedBy] })),
});

type Facts = Pick<CompileFacts, 'pipelineId' | 'orgId' | 'messageChannel'>;

/** Compiles with the topics that the organisation may use; where none is named, nobody asks. */
const compileFor = async (deps: DesignRouteDeps, document: JsonObject, facts: Facts): Promise<CompileOutcome> =>
  deps.compiler.compile(document, { ...facts, ...(await topicsOf(deps, facts.orgId)), runsEverySource: true });

const topicsOf = async (deps: DesignRouteDeps, orgId: string): Promise<Pick<CompileFacts, 'topicGrants'>> =>
  orgId === NO_ORGANIZATION ? {} : { topicGrants: await readTopicGrants(deps.store.db, orgId) };

const NO_ORGANIZATION = 'organization';

/**
 * The organisation a document is checked for: the caller's own; who has several names one. Only administrators of the
 * installation may name none, since then nobody asks which topics are granted.
 */
const orgOf = async (deps: UseCaseDeps, request: FastifyRequest, orgId: string | undefined): Promise<string> => {
  const caller = callerOf(request);
  const chosen = orgId ?? onlyOrganizationOf(caller);
  if (chosen === undefined && isInstallationAdministrator(caller)) return NO_ORGANIZATION;
  if (chosen === undefined) throw new ApiError(400, 'REQUEST_INVALID', 'Give the "orgId" that the document is for.');
  requireOrganizationAccess(request, chosen);
  return (await requireOrganization(deps.store.db, chosen)).orgId;
};

const onlyOrganizationOf = (caller: Caller): string | undefined => {
  if (caller.kind === 'organization') return caller.orgId;
  if (caller.kind !== 'user' || caller.isAdministrator || caller.roles.size !== 1) return undefined;
  return [...caller.roles.keys()][0];
};

type ParsedDocument = { readonly issue: Issue } | { readonly issue?: never; readonly document: JsonObject };

const parseDocument = (given: unknown, maxBytes: number): ParsedDocument => {
  let value = given;
  // As many bytes as a document may have that is saved: what cannot be kept need not be tried.
  if (Buffer.byteLength(typeof given === 'string' ? given : JSON.stringify(given)) > maxBytes)
    return { issue: documentIssue(`The document is too large: at most ${maxBytes} bytes are taken.`) };
  if (typeof given === 'string') {
    if (nestingOf(given) > MAX_NESTING)
      return { issue: documentIssue(`The document is nested deeper than ${MAX_NESTING} levels.`) };
    try {
      value = JSON.parse(given);
    } catch (error) {
      return {
        issue: documentIssue(`The document is not JSON: ${error instanceof Error ? error.message : String(error)}`),
      };
    }
  }
  return isJsonObject(value) ? { document: value } : { issue: documentIssue('The document must be a JSON object.') };
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // `parseDocument` says what is wrong with it
  }
};

const documentIssue = (message: string): Issue => ({ code: 'DOCUMENT_INVALID', severity: 'error', path: '', message });

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
          pipelineId: Type.Optional(Type.String()),
          released: Type.Optional(Type.Boolean()),
          orgId: Type.Optional(Type.String()),
          messageChannel: Type.Optional(messageChannelSchema),
          records: Type.Optional(givenRecordsSchema),
          messages: Type.Optional(givenMessagesSchema),
          live: Type.Optional(live),
        }),
        response: responses({ 200: previewSchema }, 413, 422, 429, 503),
      },
    },
    async (request) => {
      const { records, messages, live: wanted } = request.body;
      const subject = await subjectOf(deps, request, request.body);
      if (subject.issue !== undefined) return { stages: [], issues: [subject.issue] };
      if (records === undefined && messages === undefined) isLookingAtData(request);
      // Checked here as well, so that a preview reads no topic that the pipeline itself could not.
      const checked = await compileFor(deps, subject.document, subject.facts);
      if (checked.outline === undefined) return { stages: [], issues: limitIssues(checked.issues) };
      const reply = await deps.previews
        .run({
          document: subject.document,
          facts: { ...subject.facts, ...(await topicsOf(deps, subject.facts.orgId)) },
          // Given records need no broker, and a process that runs scripts has nothing that it does not need.
          ...(deps.kafka === undefined || records !== undefined || messages !== undefined ? {} : { kafka: deps.kafka }),
          ...(records === undefined ? {} : { records }),
          ...(messages === undefined ? {} : { messages }),
          ...(wanted === undefined ? {} : { live: liveOf(wanted) }),
        })
        .catch(refuse);
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

const PREVIEW_STATUS: Record<string, number> = {
  PREVIEW_BUSY: 429,
  PREVIEW_TIMEOUT: 422,
  PREVIEW_TOO_LARGE: 422,
  PREVIEW_CRASHED: 422,
};
const refuse = (error: unknown): never => {
  const status = error instanceof AppError ? PREVIEW_STATUS[error.code] : undefined;
  if (error instanceof AppError && status !== undefined) throw new ApiError(status, error.code, error.message);
  throw error;
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

type Subject =
  | { readonly issue: Issue }
  | { readonly issue?: never; readonly document: JsonObject; readonly facts: PipelineFacts };

/** What is to be previewed: a document of the request, or a copy of a stored pipeline. */
const subjectOf = async (
  deps: DesignRouteDeps,
  request: FastifyRequest,
  body: { document?: unknown; pipelineId?: string; released?: boolean; orgId?: string; messageChannel?: 0 | 1 },
): Promise<Subject> => {
  if (body.pipelineId === undefined) {
    if (body.document === undefined) throw new ApiError(400, 'REQUEST_INVALID', 'Give a "document" or a "pipelineId".');
    const parsed = parseDocument(body.document, deps.limits.documentBytes);
    const orgId = await orgOf(deps, request, body.orgId);
    if (parsed.issue !== undefined) return parsed;
    return {
      document: parsed.document,
      facts: { pipelineId: 'preview', orgId, messageChannel: body.messageChannel ?? 0 },
    };
  }
  const { orgId, pipelineId } = await targetOf(deps, request, body.pipelineId);
  if (body.orgId !== undefined && body.orgId !== orgId) requireOrganizationAccess(request, body.orgId);
  const copy = await getPipelineCopy(deps, { orgId, pipelineId, isReleased: body.released ?? false });
  // The copy's place in life, with the document of the request where one is given: unsaved changes can be tried.
  const given = body.document ?? copy.document ?? '{}';
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  // Secrets that were masked when the document was shown are those of the stored copy.
  const parsed = parseDocument(isJson(text) ? unmaskDocument(text, copy.document) : text, deps.limits.documentBytes);
  if (parsed.issue !== undefined) return parsed;
  return { document: parsed.document, facts: { pipelineId, orgId, messageChannel: copy.messageChannel } };
};
