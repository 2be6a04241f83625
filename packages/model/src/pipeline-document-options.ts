import { DeliveryGuarantee } from './delivery-guarantee.ts';
import { pointer } from './issue.ts';
import type { JsonValue } from './json.ts';
import type { Issue } from './messages/issue.ts';
import type { PipelineDocument } from './pipeline-document.ts';
import { similarName } from './similar-names.ts';

/** Pipeline-level options (contract D.3) that have an effect here. All others of D.3 are kept and not used. */
export interface PipelineOptions {
  /**
   * EXACTLY_ONCE where the document does not say. AT_LEAST_ONCE is honoured, for it is what the document says, with a
   * warning: every EnOS export says so, mostly without anybody having chosen it.
   */
  readonly deliveryGuarantee: DeliveryGuarantee;
  /** Ours: how often a task commits, in ms of 10 to 60000. */
  readonly commitIntervalMs: number;
  /**
   * Ours: how long a source partition that has caught up may hold windows back whose key it does not carry, in ms of
   * 1000 to 3600000. Matters where records of a key come by several partitions.
   */
  readonly idleTimeoutMs: number;
  /** Ours: how far ahead of the clock the time of a record may be, in ms of 60000 to ten years. */
  readonly maxFutureMs: number;
  /** Whether a failed pipeline is started again. */
  readonly shouldRetry: boolean;
  /** How often; -1: without limit. */
  readonly retryAttempts: number;
}

export const defaultPipelineOptions: PipelineOptions = {
  deliveryGuarantee: DeliveryGuarantee.ExactlyOnce,
  commitIntervalMs: 1000,
  idleTimeoutMs: 30_000,
  maxFutureMs: 86_400_000,
  shouldRetry: true,
  retryAttempts: -1,
};

const TEN_YEARS_MS = 315_360_000_000;

/** Reads the pipeline-level options. Numbers and booleans may come as texts. Defaults stand in for what is wrong. */
export const pipelineOptions = (
  document: PipelineDocument,
): { readonly options: PipelineOptions; readonly issues: Issue[] } => {
  const issues: Issue[] = [];
  const read = <T>(name: string, otherwise: T, parse: (value: JsonValue) => T | undefined, wanted: string): T => {
    const value = document.configuration.get(name);
    if (value === undefined || value === null || value === '') return otherwise;
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    issues.push({
      code: 'DOCUMENT_OPTION_NOT_VALID',
      severity: 'error',
      path: rowPointer(document, name),
      message: `"${name}" is ${JSON.stringify(value).slice(0, 100)}; it must be ${wanted}.`,
    });
    return otherwise;
  };
  const guarantees = Object.values(DeliveryGuarantee);
  const options: PipelineOptions = {
    deliveryGuarantee: read(
      'deliveryGuarantee',
      defaultPipelineOptions.deliveryGuarantee,
      (value) => guarantees.find((guarantee) => guarantee === value),
      guarantees.join(' or '),
    ),
    commitIntervalMs: read(
      'commitIntervalMs',
      defaultPipelineOptions.commitIntervalMs,
      (value) => wholeNumber(value, 10, 60_000),
      'a whole number of milliseconds from 10 to 60000',
    ),
    idleTimeoutMs: read(
      'idleTimeoutMs',
      defaultPipelineOptions.idleTimeoutMs,
      (value) => wholeNumber(value, 1000, 3_600_000),
      'a whole number of milliseconds from 1000 to 3600000',
    ),
    maxFutureMs: read(
      'maxFutureMs',
      defaultPipelineOptions.maxFutureMs,
      (value) => wholeNumber(value, 60_000, TEN_YEARS_MS),
      `a whole number of milliseconds from 60000 to ${TEN_YEARS_MS}`,
    ),
    shouldRetry: read('shouldRetry', defaultPipelineOptions.shouldRetry, truth, 'true or false'),
    retryAttempts: read(
      'retryAttempts',
      defaultPipelineOptions.retryAttempts,
      (value) => wholeNumber(value, -1, 1_000_000),
      'a whole number, or -1 for no limit',
    ),
  };
  if (options.deliveryGuarantee === DeliveryGuarantee.AtLeastOnce)
    issues.push({
      code: 'DOCUMENT_AT_LEAST_ONCE',
      severity: 'warning',
      path: rowPointer(document, 'deliveryGuarantee'),
      message:
        'The pipeline promises AT_LEAST_ONCE: after a failure records may come out twice and be counted twice. Documents exported by EnOS all say so. Set "deliveryGuarantee" to EXACTLY_ONCE, or remove it, unless this is wanted.',
    });
  return { options, issues: [...issues, ...misspelt(document)] };
};

const rowPointer = (document: PipelineDocument, name: string): string =>
  document.configPointer + pointer('configuration', document.configurationRows.get(name) ?? 0, 'value');

/** Options of D.3 that are kept and have no effect here. */
const KEPT = [
  ...['executionMode', 'edgeHttpUrl', 'startEventStage', 'stopEventStage', 'badRecordsHandling', 'memoryLimit'],
  ...['memoryLimitExceeded', 'notifyOnStates', 'emailIDs', 'constants', 'errorRecordPolicy', 'workerCount'],
  ...['clusterSlaveMemory', 'clusterSlaveJavaOpts', 'clusterLauncherEnv', 'mesosDispatcherURL', 'hdfsS3ConfDir'],
  ...['rateLimit', 'maxRunners', 'shouldCreateFailureSnapshot', 'runnerIdleTIme', 'webhookConfigs'],
  ...['statsAggregatorStage', 'sparkConfigs'],
];

/** Names that nothing reads and that look like one that something does. */
const misspelt = (document: PipelineDocument): Issue[] => {
  const known = Object.keys(defaultPipelineOptions);
  const kept = new Set([...known, ...KEPT]);
  return [...document.configurationRows].flatMap(([name, row]): Issue[] => {
    const meant = kept.has(name) ? undefined : similarName(name, known);
    if (meant === undefined) return [];
    return [
      {
        code: 'DOCUMENT_OPTION_UNKNOWN',
        severity: 'warning',
        path: document.configPointer + pointer('configuration', row, 'name'),
        message: `"${name}" is no option of a pipeline and has no effect. Is "${meant}" meant?`,
      },
    ];
  });
};

const truth = (value: JsonValue): boolean | undefined =>
  value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined;

const wholeNumber = (value: JsonValue, min: number, max: number): number | undefined => {
  const number = typeof value === 'string' && /^\s*-?\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max ? number : undefined;
};
