import type { OperatorRegistry } from '@penstock/engine';
import { type Issue, isJsonObject, type JsonObject, type KafkaSettings, type PipelineFacts } from '@penstock/model';
import { ORIGIN_TEMPLATE } from '@penstock/operators';
import type { FastifyRequest } from 'fastify';
import { type Caller, isInstallationAdministrator } from '../../../auth/caller.ts';
import type { CompileFacts, CompileOutcome, Compiler } from '../../../compile/compiler.ts';
import { unmaskDocument } from '../../../pipelines/document-secrets.ts';
import { nestingOf } from '../../../pipelines/json-text.ts';
import { MAX_NESTING } from '../../../pipelines/parse-save-request.ts';
import { getPipelineCopy } from '../../../pipelines/read-pipelines.ts';
import type { PreviewRunner } from '../../../preview/preview-runner.ts';
import { checkTemplatePoints } from '../../../templates/check-points.ts';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import {
  type OrganizationFacts,
  readCheckedFacts,
  readOrganizationFacts,
} from '../../../use-case/organization-facts.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import { callerOf, requireOrganizationAccess } from '../../plugins/caller.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { targetOf } from '../pipelines/pipeline-routes.ts';

export interface DesignRouteDeps extends UseCaseDeps {
  readonly registry: OperatorRegistry;
  readonly previews: PreviewRunner;
  readonly compiler: Compiler;
  readonly kafka: KafkaSettings | undefined;
  /** Largest body of a route that takes documents. */
  readonly bodyBytes: number;
}

type Facts = Pick<CompileFacts, 'pipelineId' | 'orgId' | 'messageChannel' | 'templateType'>;

/** Compiles with the topics, connections and operators that the organisation may use; where none is named, nobody asks. */
export const compileFor = async (
  deps: DesignRouteDeps,
  document: JsonObject,
  facts: Facts,
): Promise<CompileOutcome> => {
  const isKnown = facts.orgId !== NO_ORGANIZATION;
  const outcome = await deps.compiler.compile(document, {
    ...facts,
    ...(isKnown ? await readCheckedFacts(deps.store.db, facts.orgId, document) : {}),
    runsEverySource: true,
  });
  const { templatePoints = [] } = outcome;
  if (!isKnown || templatePoints.length === 0) return outcome;
  const more = await checkTemplatePoints(deps.store.db, facts.orgId, templatePoints);
  return { ...outcome, issues: [...outcome.issues, ...more] };
};

/** What the organisation has that these documents may name. */
export const ownedBy = async (
  deps: DesignRouteDeps,
  orgId: string,
  documents: readonly JsonObject[],
): Promise<Partial<OrganizationFacts>> =>
  orgId === NO_ORGANIZATION ? {} : readOrganizationFacts(deps.store.db, orgId, documents);

const NO_ORGANIZATION = 'organization';

/**
 * The organisation a document is checked for: the caller's own; who has several names one. Only administrators of the
 * installation may name none, since then nobody asks which topics are granted.
 */
export const orgOf = async (deps: UseCaseDeps, request: FastifyRequest, orgId: string | undefined): Promise<string> => {
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

export type ParsedDocument = { readonly issue: Issue } | { readonly issue?: never; readonly document: JsonObject };

export const parseDocument = (given: unknown, maxBytes: number): ParsedDocument => {
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

export type Subject =
  | { readonly issue: Issue }
  | {
      readonly issue?: never;
      readonly document: JsonObject;
      /** Contract A.13: what the document is. */
      readonly templateType: number;
      readonly facts: PipelineFacts;
    };

/** What is to be previewed: a document of the request, or a copy of a stored pipeline. */
export const subjectOf = async (
  deps: DesignRouteDeps,
  request: FastifyRequest,
  body: {
    document?: unknown;
    templateType?: number;
    pipelineId?: string;
    released?: boolean;
    orgId?: string;
    messageChannel?: 0 | 1;
  },
): Promise<Subject> => {
  if (body.pipelineId === undefined) {
    if (body.document === undefined) throw new ApiError(400, 'REQUEST_INVALID', 'Give a "document" or a "pipelineId".');
    const parsed = parseDocument(body.document, deps.limits.documentBytes);
    const orgId = await orgOf(deps, request, body.orgId);
    if (parsed.issue !== undefined) return parsed;
    return {
      document: parsed.document,
      templateType: body.templateType ?? ORIGIN_TEMPLATE,
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
  return {
    document: parsed.document,
    templateType: body.templateType ?? copy.templateType,
    facts: { pipelineId, orgId, messageChannel: copy.messageChannel },
  };
};
