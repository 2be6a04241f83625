import type { OperatorDefinition, OperatorQuery, OperatorRegistry } from '@penstock/engine';

/** Labels as people see them: SDC numbers the stages of a kind (`Data Viewer 2`). */
const labelKey = (label: string): string =>
  label
    .trim()
    .replace(/\s+\d{1,4}$/, '')
    .toLowerCase();

/** `LatePointTagger` of `LatePointTagger_01`; undefined where the name has no counter. */
const prefixOf = (instanceName: string): string | undefined => /^(.+)_\d+$/.exec(instanceName)?.[1];

/**
 * A registry of these operators. A stage is resolved by, in this order: `stageName` and `library`, `stageName` alone
 * or as an alias, `uiInfo.label`, and the class part of the instance name; later ways are for documents that were not
 * written here, whose stage names are not known.
 */
export const createRegistry = (definitions: readonly OperatorDefinition[]): OperatorRegistry => {
  const byStageName = new Map<string, OperatorDefinition>();
  const byLibrary = new Map<string, OperatorDefinition>();
  const byLabel = new Map<string, OperatorDefinition>();
  const byPrefix = new Map<string, OperatorDefinition>();
  const add = (index: Map<string, OperatorDefinition>, name: string, definition: OperatorDefinition): void => {
    const other = index.get(name);
    if (other !== undefined && other !== definition)
      throw new Error(`The operators ${other.id} and ${definition.id} both go by the name "${name}".`);
    index.set(name, definition);
  };
  for (const definition of definitions) {
    add(byLibrary, `${definition.library}\n${definition.stageName}`, definition);
    for (const name of [definition.stageName, ...(definition.stageNameAliases ?? [])])
      add(byStageName, name, definition);
    for (const label of [definition.label, ...(definition.labelAliases ?? [])])
      add(byLabel, labelKey(label), definition);
    for (const prefix of [definition.instancePrefix, ...(definition.instancePrefixAliases ?? [])])
      add(byPrefix, prefix, definition);
  }
  return {
    definitions,
    resolve: ({ stageName, library, label, instanceName }: OperatorQuery) =>
      byLibrary.get(`${library}\n${stageName}`) ??
      byStageName.get(stageName) ??
      byLabel.get(labelKey(label)) ??
      byPrefix.get(prefixOf(instanceName) ?? ''),
  };
};
