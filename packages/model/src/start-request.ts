import { hasErrors } from './issue.ts';
import { isJsonObject } from './json.ts';
import { parseNumber } from './liberal-number.ts';
import type { Issue } from './messages/issue.ts';
import { parseResourceConfig, type ResourceConfig } from './resource-config.ts';

/** Contract A.13: 0 Standalone Mode, 1 Cluster Mode. */
export type ExecutionMode = 0 | 1;

/** The body of Start Pipeline (contract A.9), checked. */
export interface StartRequest {
  readonly executionMode: ExecutionMode;
  /** Records per second that the pipeline may read from its source, in total. */
  readonly kafkaRate: number;
  readonly resourceConfig: ResourceConfig;
}

/** The contract calls `kafkaRate` mandatory and gives it a default: it is taken as the default, so absent is allowed. */
const DEFAULT_KAFKA_RATE = 1000;
export const MAX_KAFKA_RATE = 10_000_000;

/**
 * Reads the body of a start request. Liberal in form (numbers as text, contract I), strict in value: each problem is
 * an issue with the JSON Pointer of its field. `value` is absent when there are errors.
 */
export const parseStartRequest = (
  body: unknown,
): { readonly value?: StartRequest; readonly issues: readonly Issue[] } => {
  if (!isJsonObject(body))
    return {
      issues: [
        {
          code: 'START_BODY_INVALID',
          severity: 'error',
          path: '',
          message: 'The body must be a JSON object with "executionMode" (0 or 1), "kafkaRate" and "resourceConfig".',
        },
      ],
    };
  const issues: Issue[] = [];
  const executionMode = readExecutionMode(body.executionMode, issues);
  const kafkaRate = parseKafkaRate(body.kafkaRate ?? DEFAULT_KAFKA_RATE, issues);
  // Without a mode the resources are still read, as what most starts are, so that one answer names every problem.
  const resources = parseResourceConfig(
    body.resourceConfig,
    executionMode === 1 ? 'cluster' : 'standalone',
    '/resourceConfig',
  );
  issues.push(...resources.issues);
  if (hasErrors(issues) || executionMode === undefined || kafkaRate === undefined || resources.value === undefined)
    return { issues };
  return { value: { executionMode, kafkaRate, resourceConfig: resources.value }, issues };
};

const readExecutionMode = (given: unknown, issues: Issue[]): ExecutionMode | undefined => {
  const value = parseNumber(given);
  if (value === 0) return 0;
  if (value === 1) return 1;
  const isAbsent = given === undefined || given === null;
  issues.push({
    code: isAbsent ? 'START_FIELD_REQUIRED' : 'START_FIELD_INVALID',
    severity: 'error',
    path: '/executionMode',
    message: `"executionMode" ${isAbsent ? 'is missing: it ' : ''}must be 0 (Standalone Mode) or 1 (Cluster Mode).`,
  });
  return undefined;
};

/** Reads a rate in records per second, as in a start request or in a change of a running pipeline. */
export const parseKafkaRate = (given: unknown, issues: Issue[]): number | undefined => {
  const value = parseNumber(given);
  if (value !== undefined && Number.isInteger(value) && value >= 1 && value <= MAX_KAFKA_RATE) return value;
  issues.push({
    code: 'START_FIELD_INVALID',
    severity: 'error',
    path: '/kafkaRate',
    message: `"kafkaRate" must be a whole number of records per second from 1 to ${MAX_KAFKA_RATE}.`,
  });
  return undefined;
};
