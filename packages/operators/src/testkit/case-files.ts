import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@penstock/model';
import { parse } from 'yaml';
import type { ShownCase } from '../shared/shown-case.ts';

/**
 * A case in `library/{operator}/cases/*.yaml`: a configuration and steps. A step sends records, lets the clock tick or
 * restarts the stage from its stored state, and says what comes out. Fields common to all records stand under
 * `record`. Cases marked `shown` are in the reference as well; those of sources and targets have no steps.
 */
export interface OperatorCase {
  readonly title: string;
  readonly shown?: boolean;
  readonly config: JsonObject;
  readonly record?: JsonObject;
  readonly steps?: readonly CaseStep[];
}

export interface CaseStep {
  readonly send?: readonly JsonObject[];
  /** Unix ms. */
  readonly tick?: number;
  readonly restart?: boolean;
  readonly out?: readonly JsonObject[];
  readonly dropped?: readonly string[];
  readonly errors?: readonly string[];
}

export interface CaseFile {
  /** Id of the operator. */
  readonly id: string;
  readonly name: string;
  readonly cases: readonly OperatorCase[];
}

const source = fileURLToPath(new URL('..', import.meta.url));

export const readCaseFiles = (): CaseFile[] =>
  globSync('library/*/cases/*.yaml', { cwd: source })
    .sort()
    .map((file) => ({
      id: basename(dirname(dirname(file))),
      name: basename(file, '.yaml'),
      cases: parse(readFileSync(`${source}/${file}`, 'utf8')) as OperatorCase[],
    }));

/** The cases that are shown, by operator; their steps put together. */
export const shownCases = (files: readonly CaseFile[]): Record<string, ShownCase[]> => {
  const shown: Record<string, ShownCase[]> = {};
  for (const { id, cases } of files) {
    const own = cases.filter((one) => one.shown === true).map(shownCase);
    if (own.length > 0) shown[id] = [...(shown[id] ?? []), ...own];
  }
  return shown;
};

const shownCase = ({ title, config, record = {}, steps = [] }: OperatorCase): ShownCase => {
  const whole = (records: readonly JsonObject[] = []): JsonObject[] =>
    records.map((fields) => ({ ...record, ...fields }));
  const errors = steps.flatMap((step) => step.errors ?? []);
  const dropped = steps.flatMap((step) => step.dropped ?? []);
  return {
    title,
    config,
    input: steps.flatMap(({ send }) => whole(send)),
    output: steps.flatMap(({ out }) => whole(out)),
    ...(errors.length === 0 ? {} : { errors }),
    ...(dropped.length === 0 ? {} : { dropped }),
  };
};
