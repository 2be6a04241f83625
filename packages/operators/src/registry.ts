import type { OperatorDefinition, OperatorQuery, OperatorRegistry } from '@penstock/engine';
import { ownDefinitionsOf } from './own/own-definition.ts';
import { isOwnLibrary } from './own/own-names.ts';
import type { LibraryPackage } from './own/package-types.ts';

/** Labels as people see them: SDC numbers the stages of a kind (`Data Viewer 2`). */
const labelKey = (label: string): string =>
  label
    .trim()
    .replace(/\s+\d{1,4}$/, '')
    .toLowerCase();

/** `LatePointTagger` of `LatePointTagger_01`; undefined where the name has no counter. */
const prefixOf = (instanceName: string): string | undefined => /^(.+)_\d+$/.exec(instanceName)?.[1];

/** By which of a stage's names its operator was found. */
type FoundBy = 'library' | 'stage name' | 'label' | 'instance name';

interface Found {
  readonly definition: OperatorDefinition;
  readonly by: FoundBy;
}

/** The versions of an operator that are installed, newest first. */
type Versions = readonly OperatorDefinition[];

const versionOf = (versions: Versions, wanted: string): OperatorDefinition | undefined =>
  versions.find(({ version }) => String(version) === wanted.trim()) ?? versions[0];

/**
 * A registry of these operators, of which there may be several versions side by side. A stage is resolved by its
 * library, stage name and version; failing that by its stage name alone (also an alias), which is a class name and
 * belongs to one operator. Only where neither its library nor its stage name is known, as in documents written
 * elsewhere, it is guessed by `uiInfo.label` or by the class part of its instance name, and `remark` says so.
 */
export const createRegistry = (definitions: readonly OperatorDefinition[]): OperatorRegistry => {
  const libraries = new Set(definitions.map(({ library }) => library));
  const byLibrary = indexOf(definitions, ({ library, stageName }) => [keyOf(library, stageName)]);
  const byStageName = indexOf(definitions, ({ stageName, stageNameAliases = [] }) => [stageName, ...stageNameAliases]);
  const byLabel = indexOf(definitions, ({ label, labelAliases = [] }) => [label, ...labelAliases].map(labelKey));
  const byPrefix = indexOf(definitions, ({ instancePrefix, instancePrefixAliases = [] }) => [
    instancePrefix,
    ...instancePrefixAliases,
  ]);
  const find = ({ stageName, library, stageVersion, label, instanceName }: OperatorQuery): Found | undefined => {
    // Operators of organisations' own are never guessed: `of` knows those that there are.
    if (isOwnLibrary(library)) return undefined;
    const found = (by: FoundBy, versions: Versions | undefined, wanted = ''): Found | undefined => {
      const definition = versions === undefined ? undefined : versionOf(versions, wanted);
      return definition === undefined ? undefined : { definition, by };
    };
    const named =
      found('library', byLibrary.get(keyOf(library, stageName)), stageVersion) ??
      found('stage name', byStageName.get(stageName));
    if (named !== undefined || (libraries.has(library) && stageName !== '')) return named;
    return (
      found('label', byLabel.get(labelKey(label))) ?? found('instance name', byPrefix.get(prefixOf(instanceName) ?? ''))
    );
  };
  const registry: OperatorRegistry = {
    definitions,
    resolve: (query) => find(query)?.definition,
    remark: (query) => {
      const found = find(query);
      return found === undefined ? undefined : remarkOn(found, query);
    },
    of: ({ ownLibraries = [] }) => (ownLibraries.length === 0 ? registry : withOwn(registry, ownLibraries)),
  };
  return registry;
};

/** The operators of a registry, and those of own libraries: a stage means one of these by its library and stage name alone. */
const withOwn = (
  registry: OperatorRegistry,
  libraries: NonNullable<Parameters<NonNullable<OperatorRegistry['of']>>[0]['ownLibraries']>,
): OperatorRegistry => {
  const own = libraries.flatMap(({ hash, package: held }) => ownDefinitionsOf(hash, held as unknown as LibraryPackage));
  const byName = new Map(own.map((definition) => [keyOf(definition.library, definition.stageName), definition]));
  return {
    definitions: [...registry.definitions, ...own],
    resolve: (query) => byName.get(keyOf(query.library, query.stageName)) ?? registry.resolve(query),
    remark: (query) => (isOwnLibrary(query.library) ? undefined : registry.remark?.(query)),
  };
};

/** Stages of StreamSets count their versions in their own way; ours say which definition is meant. */
const isOwn = (library: string): boolean => !library.startsWith('streamsets-');

const remarkOn = ({ definition, by }: Found, query: OperatorQuery): string | undefined => {
  const { label, version, library, stageName } = definition;
  const { instanceName, stageVersion } = query;
  if (by === 'label' || by === 'instance name') {
    // Nothing but a label is no claim to be something else: documents made by hand are like that.
    if (query.library === '' && query.stageName === '') return undefined;
    return `"${instanceName}" is a "${query.stageName || query.library}", which is not known here; by its ${by} it is taken for "${label}". If that is right, set library "${library}" and stageName "${stageName}".`;
  }
  const isOther = by === 'library' && isOwn(library) && stageVersion !== '' && stageVersion.trim() !== String(version);
  return isOther
    ? `"${instanceName}" is of version ${stageVersion} of "${label}", which is not installed; version ${version} is used.`
    : undefined;
};

const keyOf = (library: string, stageName: string): string => `${library}\n${stageName}`;

/** Definitions by name, the newest version first. Two operators that go by one name are a fault of the library. */
const indexOf = (
  definitions: readonly OperatorDefinition[],
  namesOf: (definition: OperatorDefinition) => readonly string[],
): ReadonlyMap<string, Versions> => {
  const index = new Map<string, OperatorDefinition[]>();
  for (const definition of definitions)
    for (const name of new Set(namesOf(definition))) {
      const versions = index.get(name) ?? [];
      const other = versions.find(({ id, version }) => id !== definition.id || version === definition.version);
      if (other !== undefined)
        throw new Error(`The operators ${other.id} and ${definition.id} both go by the name "${name}".`);
      index.set(
        name,
        [...versions, definition].sort((a, b) => b.version - a.version),
      );
    }
  return index;
};
