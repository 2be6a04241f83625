import type { OperatorDefinition, OperatorRegistry } from '@penstock/engine';
import { type Issue, type JsonObject, pointer, readPipelineDocument, type StageDocument } from '@penstock/model';
import { isOwnLibrary } from '@penstock/operators';
import { mayUse } from './library-catalogue.ts';

interface Missing {
  readonly stage: StageDocument;
  readonly definition: OperatorDefinition;
}

const missingIn = (registry: OperatorRegistry, document: JsonObject, installed: readonly string[]): Missing[] =>
  stagesIn(document).flatMap((stage) => {
    const definition = registry.resolve(stage);
    return definition === undefined || mayUse(definition, installed) ? [] : [{ stage, definition }];
  });

/** Stages whose operators are in no library that the organisation has installed. */
export const libraryIssues = (
  registry: OperatorRegistry,
  document: JsonObject,
  installed: readonly string[],
): readonly Issue[] => [...unknownOwn(document, installed), ...notInstalled(registry, document, installed)];

/** Stages of libraries of the organisation's own that it has not installed: nobody else could have such an operator. */
const unknownOwn = (document: JsonObject, installed: readonly string[]): Issue[] =>
  stagesIn(document)
    .filter(({ library }) => isOwnLibrary(library) && !installed.includes(library))
    .map((stage) => ({
      code: 'STAGE_LIBRARY_UNKNOWN',
      severity: 'error',
      path: stage.pointer + pointer('library'),
      stage: stage.instanceName,
      message: `"${stage.instanceName}" is of "${stage.library}", a library that the organisation has not installed. Install its package (penstock libraries upload), or use a version that is installed.`,
    }));

const stagesIn = (document: JsonObject): readonly StageDocument[] =>
  readPipelineDocument(document).document?.stages ?? [];

const notInstalled = (registry: OperatorRegistry, document: JsonObject, installed: readonly string[]): Issue[] =>
  missingIn(registry, document, installed).map(({ stage, definition: { label, libraries } }) => ({
    code: 'STAGE_LIBRARY_NOT_INSTALLED',
    severity: 'error',
    path: stage.pointer + pointer('library'),
    stage: stage.instanceName,
    message: `"${label}" is an operator of ${namesOf(libraries)} of which the organisation has installed none. Install one (penstock libraries install ${libraries.at(-1)}), or use another operator.`,
  }));

const namesOf = (libraries: readonly string[]): string =>
  libraries.length === 1 ? `the library ${libraries[0]},` : `the libraries ${libraries.join(', ')},`;

/** Instance names of the stages that need a library: with it they may be used, and without it not. */
export const stagesNeeding = (
  registry: OperatorRegistry,
  document: JsonObject,
  installed: readonly string[],
  library: string,
): readonly string[] =>
  isOwnLibrary(library)
    ? stagesIn(document)
        .filter((stage) => stage.library === library)
        .map(({ instanceName }) => instanceName)
    : missingIn(
        registry,
        document,
        installed.filter((one) => one !== library),
      )
        .filter(({ definition }) => definition.libraries.includes(library))
        .map(({ stage }) => stage.instanceName);
