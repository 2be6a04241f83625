import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { JsonObject } from '@penstock/model';
import { usageFailure } from '../../failure.ts';
import { FolderReader } from './folder-reader.ts';
import { fillIn, type Parameters } from './parameters.ts';
import {
  casesSchema,
  type Environment,
  type PipelineCase,
  type PipelineFile,
  type ProjectFile,
  pipelineSchema,
  projectSchema,
} from './project-schema.ts';
import type { SourceFile } from './source-file.ts';

/** A folder of pipelines, in one of its environments. */
export interface Project {
  /** The organisation that the environment names. */
  readonly organization: string | undefined;
  readonly environment: string | undefined;
  readonly pipelines: readonly ProjectPipeline[];
}

/** One pipeline of a folder. */
export interface ProjectPipeline {
  readonly name: string;
  readonly file: SourceFile;
  readonly description: string;
  readonly messageChannel: 0 | 1;
  /** Absent: what is filed otherwise stays as it is. */
  readonly group?: string;
  readonly labels?: readonly string[];
  /** The document, with the environment's parameters filled in. */
  readonly document: JsonObject;
  readonly cases: readonly CaseFile[];
}

/** One file of cases. */
export interface CaseFile {
  readonly file: SourceFile;
  readonly cases: readonly PipelineCase[];
}

export interface ReadOptions {
  /** Where the command was called. */
  readonly cwd: string;
  /** As it was given. */
  readonly folder: string;
  readonly environment: string | undefined;
  /** Variables of the process: where the values of secrets are. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

const PROJECT_FILE = 'penstock.yaml';

/**
 * Reads a folder of pipelines as it is kept in Git: `penstock.yaml` with the environments,
 * `pipelines/NAME/pipeline.json` (or `.yaml`) with a document, and `pipelines/NAME/cases/*.yaml` with its cases. All of
 * it is checked against its JSON Schemas before anything is done. Errors: exit code 2 with everything that is wrong, by
 * file, line and JSON Pointer.
 */
export const readProject = (options: ReadOptions): Project => {
  const { cwd, folder } = options;
  const root = resolve(cwd, folder);
  if (!existsSync(root) || !statSync(root).isDirectory()) throw usageFailure(`${folder} is not a folder.`);
  const reader = new FolderReader(cwd);
  const project = reader.read<ProjectFile>(join(root, PROJECT_FILE), projectSchema);
  const environment = project === undefined ? undefined : environmentOf(project.value, options);
  const parameters = environment === undefined ? new Map() : parametersOf(environment, options.variables);
  const names = Object.keys(project?.value.environments ?? {}).join(', ');
  const whence =
    options.environment === undefined
      ? `say by --env which environment it is${names === '' ? ', once penstock.yaml has one' : `: ${names}`}`
      : `the environment "${options.environment}" gives none`;
  const pipelines = namesIn(join(root, 'pipelines')).flatMap((name) =>
    readPipeline(reader, join(root, 'pipelines', name), name, { parameters, whence }),
  );
  checkNames(reader, pipelines);
  reader.finish();
  if (pipelines.length === 0)
    throw usageFailure(`${folder} holds no pipeline: each is a folder pipelines/NAME with a pipeline.json in it.`);
  return { organization: environment?.organization, environment: options.environment, pipelines };
};

/** Pipelines are found by their names, so each name is there once. */
const checkNames = (reader: FolderReader, pipelines: readonly ProjectPipeline[]): void => {
  const seen = new Map<string, SourceFile>();
  for (const { name, file } of pipelines) {
    const other = seen.get(name);
    if (other !== undefined) reader.note(file, '/name', `"${name}" is the pipeline of ${other.name} already`);
    seen.set(name, file);
  }
};

const namesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
        .map(({ name }) => name)
        .toSorted()
    : [];

const environmentOf = (project: ProjectFile, { environment, folder }: ReadOptions): Environment | undefined => {
  const known = project.environments ?? {};
  if (environment === undefined) return undefined;
  const found = Object.hasOwn(known, environment) ? known[environment] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(known);
  throw usageFailure(
    `${folder} has no environment "${environment}"; ${names.length === 0 ? 'penstock.yaml names none' : `there are: ${names.join(', ')}`}.`,
  );
};

/** Errors: a secret whose variable is not set. */
const parametersOf = (
  { parameters = {}, secrets = {} }: Environment,
  variables: ReadOptions['variables'],
): Parameters => {
  const found = new Map(Object.entries(parameters));
  for (const [name, variable] of Object.entries(secrets)) {
    const value = variables[variable];
    if (value === undefined || value === '')
      throw usageFailure(`The secret "${name}" is to be in the environment variable ${variable}, which is not set.`);
    found.set(name, value);
  }
  return found;
};

const readPipeline = (
  reader: FolderReader,
  path: string,
  folder: string,
  { parameters, whence }: { readonly parameters: Parameters; readonly whence: string },
): ProjectPipeline[] => {
  const files = ['pipeline.json', 'pipeline.yaml'].map((name) => join(path, name)).filter((file) => existsSync(file));
  const [file] = files;
  if (file === undefined || files.length > 1) {
    reader.noteFolder(
      path,
      `there must be one pipeline.json or pipeline.yaml in it, and there ${file === undefined ? 'is none' : 'are both'}`,
    );
    return [];
  }
  const cases = readCases(reader, join(path, 'cases'));
  const read = reader.read<PipelineFile>(file, pipelineSchema);
  if (read === undefined) return [];
  const { name = folder, description = '', messageChannel, group, labels, ...document } = read.value;
  return [
    {
      name,
      file: read.file,
      description,
      messageChannel: messageChannel === 1 ? 1 : 0,
      ...(group === undefined ? {} : { group }),
      ...(labels === undefined ? {} : { labels }),
      document: fillIn(document, parameters, (missing, at) =>
        reader.note(read.file, at, `there is no parameter "${missing}"; ${whence}`),
      ),
      cases,
    },
  ];
};

const readCases = (reader: FolderReader, folder: string): CaseFile[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /\.(ya?ml|json)$/.test(name))
        .toSorted()
        .flatMap((name) => {
          const read = reader.read<PipelineCase[]>(join(folder, name), casesSchema);
          return read === undefined ? [] : [{ file: read.file, cases: read.value }];
        })
    : [];
