import type { Clock, PipelineFlows, PipelineLineage, ResourceClaim } from '@penstock/engine';
import { AppError, type Issue, type JsonObject } from '@penstock/model';
import type { Mode, Modes } from '@penstock/modes';
import type { Store } from '../store/open-store.ts';
import type { FindStageState } from './stage-state-view.ts';
import type { StateStorePort } from './state-store-port.ts';

/** What is known of a pipeline when its document is checked. */
export interface CompileFacts {
  readonly pipelineId: string;
  readonly orgId: string;
  readonly messageChannel: 0 | 1;
  /** Contract A.13; absent: 1, a document of stages. */
  readonly templateType?: number;
  /** The mode it is to run in, where that is known; not every mode runs every source. */
  readonly mode?: Pick<Mode, 'runsEverySource' | 'title'>;
  /** It was released: what takes operators seconds to find out was asked then. */
  readonly isReleased?: boolean;
  /** Made by the service: it may use operators whose library nobody has installed. */
  readonly isSystem?: boolean;
}

export interface CompileResult {
  /** Errors and warnings, with JSON Pointers into the document or form. */
  readonly issues: readonly Issue[];
  /** Of a template: the document of stages that runs; absent where the form has errors. */
  readonly document?: JsonObject;
  /** Topics the pipeline reads, source by source; absent where there are errors. */
  readonly sourceTopics?: readonly string[];
  /** Memory that the stages take in each thread of a worker; absent where there are errors. */
  readonly claims?: readonly ResourceClaim[];
  /** Points it reads and puts out; absent where nobody could look. */
  readonly lineage?: PipelineLineage;
  /** What it brings from which topic into which; absent where there are errors. */
  readonly flows?: PipelineFlows;
}

/** Would this document run? Compiles it as a worker does, without running anything. */
export type CompileCheck = (document: JsonObject, facts: CompileFacts) => CompileResult | Promise<CompileResult>;

/** Bounds that protect the service; from the settings. */
export interface Limits {
  /** Contract C.5: 50 per organisation in EnOS. */
  readonly pipelinesPerOrganization: number;
  readonly documentBytes: number;
  readonly assetsPerOrganization: number;
  /** Stream Designing that a new organisation is granted, in CU. */
  readonly designingCu: number;
  /** Operator libraries of its own that an organisation may have installed. */
  readonly ownLibraries: number;
  /** Largest package of one. */
  readonly libraryBytes: number;
}

/** What use cases work with. They know nothing of HTTP. */
export interface UseCaseDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** Throws `SITE_NOT_ADOPTED` where the database was made elsewhere. Absent: it was not. */
  readonly assertOwnSite?: () => void;
  /** A new UUID. */
  readonly newId: () => string;
  /** This service instance, as owner of start locks. */
  readonly instanceId: string;
  readonly limits: Limits;
  readonly compile: CompileCheck;
  /** State and offsets in Kafka. */
  readonly stateStore: StateStorePort;
  /** How the state of a stage is shown. */
  readonly findStageState: FindStageState;
  /** Where pipelines can run. */
  readonly modes: Modes;
  /** Told after a start, pause or stop was written, so that the supervisor need not find it by polling. */
  readonly wake?: () => void;
}

/** The pipeline that somebody wants something of, and who that is (an access key, or `admin`). */
export interface Target {
  readonly orgId: string;
  readonly pipelineId: string;
  readonly actor: string;
  /** What they have to say of it; kept with the event, the audit entry and the version. */
  readonly note?: string;
  /** The revision of the design copy they have seen; another one is refused. Absent: whichever there is. */
  readonly expectedRevision?: number;
  /** The released version they have seen; as above. */
  readonly expectedVersion?: number;
}

/** What the caller can do about it: decides the HTTP status of `/api/v1`. */
export type ErrorKind = 'not-found' | 'conflict' | 'outdated' | 'invalid' | 'forbidden' | 'quota' | 'unavailable';

/** Codes of use cases; the EnOS routes translate them to contract codes, `/api/v1` shows them. */
export type UseCaseCode =
  | 'ACCESS_KEY_UNKNOWN'
  | 'ALARM_DELIVERY_UNKNOWN'
  | 'ALARM_NOTHING_TO_ACKNOWLEDGE'
  | 'ALARM_SETTINGS_OUTDATED'
  | 'ALARM_UNKNOWN'
  | 'ARCHIVE_AMBIGUOUS'
  | 'ASSETS_INVALID'
  | 'ASSET_CHANGES_GONE'
  | 'ASSET_MODEL_UNKNOWN'
  | 'ASSET_TREE_UNKNOWN'
  | 'ASSET_UNKNOWN'
  | 'CONNECTION_EXISTS'
  | 'CONNECTION_IN_USE'
  | 'CONNECTION_LIMIT_REACHED'
  | 'CONNECTION_SECRET_REQUIRED'
  | 'CONNECTION_TESTED_JUST_NOW'
  | 'CONNECTION_TESTS_BUSY'
  | 'CONNECTION_UNKNOWN'
  | 'DOCUMENT_INVALID'
  | 'FIELD_INVALID'
  | 'GRANT_UNKNOWN'
  | 'KAFKA_UNREACHABLE'
  | 'LAST_ADMINISTRATOR'
  | 'LIBRARY_INVALID'
  | 'LIBRARY_IN_USE'
  | 'LIBRARY_LIMIT_REACHED'
  | 'LIBRARY_UNKNOWN'
  | 'LIBRARY_VERSION_TAKEN'
  | 'LINEAGE_TOO_LARGE'
  | 'SELECTED_ASSETS_TOO_MANY'
  | 'MEMBER_UNKNOWN'
  | 'ORGANIZATION_EXISTS'
  | 'ORGANIZATION_IN_USE'
  | 'ORGANIZATION_UNKNOWN'
  | 'PIPELINE_IS_SYSTEM'
  | 'PIPELINE_LIMIT_REACHED'
  | 'PIPELINE_NOT_RELEASED'
  | 'PIPELINE_STATUS_FORBIDS'
  | 'PIPELINE_UNKNOWN'
  | 'PIPELINE_VERSION_UNKNOWN'
  | 'QUEUE_TOPIC_BUSY'
  | 'QUEUE_TOPIC_EXISTS'
  | 'QUEUE_TOPIC_IN_USE'
  | 'QUEUE_TOPIC_LIMIT_REACHED'
  | 'QUEUE_TOPIC_UNKNOWN'
  | 'RECEIVER_IN_USE'
  | 'RECEIVER_LIMIT_REACHED'
  | 'RECEIVER_TESTED_JUST_NOW'
  | 'RECEIVER_UNKNOWN'
  | 'REFERENCE_UNKNOWN'
  | 'REVISION_OUTDATED'
  | 'RESOURCE_NOT_ENOUGH'
  | 'RESOURCE_NOT_REQUESTED'
  | 'RUN_UNKNOWN'
  | 'SESSION_UNKNOWN'
  | 'SITE_NOT_ADOPTED'
  | 'STAGE_STATE_NOT_CURRENT'
  | 'STAGE_STATE_TOO_LARGE'
  | 'STAGE_TYPE_NOT_SUPPORTED'
  | 'START_IN_PROGRESS'
  | 'TOPIC_READS_BUSY'
  | 'TOPIC_UNKNOWN'
  | 'USER_EXISTS'
  | 'USER_LIMIT_REACHED'
  | 'USER_UNKNOWN';

/** Thrown by use cases when what was asked for cannot be done. */
export class UseCaseError extends AppError {
  readonly kind: ErrorKind;
  readonly issues: readonly Issue[];

  constructor(
    code: UseCaseCode,
    kind: ErrorKind,
    message: string,
    options: { issues?: readonly Issue[]; params?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(code, message, {
      domain: kind === 'unavailable' ? 'external' : 'user',
      retryable: kind === 'unavailable' || code === 'START_IN_PROGRESS',
      ...(options.params === undefined ? {} : { params: options.params }),
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
    this.name = 'UseCaseError';
    this.kind = kind;
    this.issues = options.issues ?? [];
  }
}

export const pipelineUnknown = (pipelineId: string): UseCaseError =>
  new UseCaseError('PIPELINE_UNKNOWN', 'not-found', 'There is no such pipeline in this organisation.', {
    params: { pipelineId },
  });

/** A field of a request that is wrong: an issue and the error in one. */
export const fieldInvalid = (path: string, message: string): UseCaseError =>
  new UseCaseError('FIELD_INVALID', 'invalid', message, {
    issues: [{ code: 'FIELD_INVALID', severity: 'error', path, message }],
    params: { field: path.slice(1) },
  });

export const versionUnknown = (): UseCaseError =>
  new UseCaseError('PIPELINE_VERSION_UNKNOWN', 'not-found', 'The pipeline has no such released version.');
