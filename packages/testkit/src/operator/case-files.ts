import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { JsonObject } from '@penstock/model';
import { parse } from 'yaml';
import type { GivenAssets, GivenModels, GivenTrees } from '../given-assets.ts';
import type { GivenAnswers, GivenReferences } from './answered-http.ts';

/**
 * A case in `{library}/{operator}/cases/*.yaml`, or `{library}/{operator}/new/cases/*.yaml` of its variant: a configuration and steps. A step sends records, lets the clock tick or
 * restarts the stage from its stored state, and says what comes out. Fields common to all records stand under
 * `record`. Cases marked `shown` are in the reference as well; those of sources and targets have no steps.
 */
export interface OperatorCase {
  readonly title: string;
  readonly shown?: boolean;
  /** The operator's speed is measured with it; otherwise with the first that is shown. */
  readonly bench?: boolean;
  readonly config: JsonObject;
  /** Output lanes of the stage, where its configuration names them. */
  readonly lanes?: readonly string[];
  /** Stages beside it that get the same records first: for operators that share a store. */
  readonly beside?: readonly StageBeside[];
  /** What services answer to its look-ups; 200 with `{}` for all else. */
  readonly http?: GivenAnswers;
  /** The assets that the organisation has, the trees they are in, and its models. */
  readonly assets?: GivenAssets;
  readonly trees?: GivenTrees;
  readonly models?: GivenModels;
  /** Reference data of the organisation, by name, as the service gives it. */
  readonly references?: GivenReferences;
  readonly record?: JsonObject;
  readonly steps?: readonly CaseStep[];
}

/** A stage that is in the pipeline beside the one that is shown. */
export interface StageBeside {
  /** Id of its operator. */
  readonly operator: string;
  readonly config: JsonObject;
}

export interface CaseStep {
  /** What it goes by from this step on. */
  readonly references?: GivenReferences;
  readonly send?: readonly JsonObject[];
  /** Unix ms. */
  readonly tick?: number;
  /** A number: opened again at that time, Unix ms; otherwise that of the last tick. */
  readonly restart?: boolean | number;
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

/** A case that is shown to people, with its steps put together. */
export interface ShownCase {
  readonly title: string;
  readonly config: JsonObject;
  readonly lanes?: readonly string[];
  readonly beside?: readonly StageBeside[];
  readonly http?: GivenAnswers;
  readonly assets?: GivenAssets;
  readonly trees?: GivenTrees;
  readonly models?: GivenModels;
  readonly references?: GivenReferences;
  readonly input: readonly JsonObject[];
  readonly output: readonly JsonObject[];
  readonly errors?: readonly string[];
  readonly dropped?: readonly string[];
}

/** The id of the operator in a folder of a library: its path, so that a variant has a folder in that of its operator. */
export const idOfFolder = (folder: string): string => folder.split(/[\\/]/).join('-');

/** The folder of an operator in a library; that of a variant is the one of its operator. */
export const folderOfOperator = (id: string): string => id.replace(/-new$/, '');

/** The case files of the operators in a folder. */
export const readCaseFiles = (library: string): CaseFile[] =>
  globSync(['*/cases/*.yaml', '*/new/cases/*.yaml'], { cwd: library })
    .sort()
    .map((file) => ({
      id: idOfFolder(dirname(dirname(file))),
      name: basename(file, '.yaml'),
      cases: parse(readFileSync(join(library, file), 'utf8'), { merge: true }) as OperatorCase[],
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

const shownCase = ({
  title,
  config,
  lanes,
  beside,
  http,
  assets,
  trees,
  models,
  references,
  record = {},
  steps = [],
}: OperatorCase): ShownCase => {
  const whole = (records: readonly JsonObject[] = []): JsonObject[] =>
    records.map((fields) => ({ ...record, ...fields }));
  const errors = steps.flatMap((step) => step.errors ?? []);
  const dropped = steps.flatMap((step) => step.dropped ?? []);
  return {
    title,
    config,
    ...(lanes === undefined ? {} : { lanes }),
    ...(beside === undefined ? {} : { beside }),
    ...(http === undefined ? {} : { http }),
    ...(assets === undefined ? {} : { assets }),
    ...(trees === undefined ? {} : { trees }),
    ...(models === undefined ? {} : { models }),
    ...(references === undefined ? {} : { references }),
    input: steps.flatMap(({ send }) => whole(send)),
    output: steps.flatMap(({ out }) => whole(out)),
    ...(errors.length === 0 ? {} : { errors }),
    ...(dropped.length === 0 ? {} : { dropped }),
  };
};
