import { type OperatorDefinition, stageSettingsSchema, storesOfOperator } from '@penstock/engine';
import type { JsonObject, JsonValue } from '@penstock/model';
import type { ShownCase } from '../shared/shown-case.ts';
import { type ReferenceField, renderFields } from './render-fields.ts';

const KINDS = { source: 'SOURCE', processor: 'PROCESSOR', target: 'TARGET' } as const;

const code = (text: string): string => `\`${text}\``;
const codes = (texts: readonly string[] | undefined): string => (texts ?? []).map(code).join(', ');
const block = (language: string, text: string): string[] => [`\`\`\`${language}`, text, '```', ''];

/** A stage as it stands in a document, with the configuration of the first case. */
const stageOf = (definition: OperatorDefinition, config: JsonObject): JsonObject => {
  const lane = `${definition.instancePrefix}_01OutputLane1`;
  return {
    instanceName: `${definition.instancePrefix}_01`,
    library: definition.library,
    stageName: definition.stageName,
    stageVersion: String(definition.version),
    configuration: Object.entries(config).map(([name, value]): JsonObject => ({ name, value })),
    uiInfo: { label: definition.label, stageType: KINDS[definition.kind] },
    inputLanes: definition.kind === 'source' ? [] : ['LaneOfTheStageBefore'],
    outputLanes: definition.kind === 'target' ? [] : [lane],
    eventLanes: [],
    services: [],
  };
};

const lines = (records: readonly JsonValue[]): string => records.map((record) => JSON.stringify(record)).join('\n');

const renderExamples = (cases: readonly ShownCase[]): string[] =>
  cases
    .filter((example) => example.input.length > 0)
    .flatMap((example) => [
      `Example (run as a test): ${example.title}.`,
      '',
      ...block('json', JSON.stringify(example.config, null, 2)),
      ...(example.beside ?? []).flatMap(({ operator, config }) => [
        `Beside it, with the same records, a [${operator}](${operator}.md):`,
        '',
        ...block('json', JSON.stringify(config, null, 2)),
      ]),
      ...(example.assets === undefined
        ? []
        : ['Assets of the organisation:', '', ...block('json', JSON.stringify(example.assets, null, 2))]),
      ...(example.trees === undefined
        ? []
        : ['Trees, with the parent of each asset:', '', ...block('json', JSON.stringify(example.trees, null, 2))]),
      ...(example.models === undefined
        ? []
        : ['Models, with their points:', '', ...block('json', JSON.stringify(example.models, null, 2))]),
      ...Object.entries(example.references ?? {}).flatMap(([name, data]) => [
        `Reference data \`${name}\`:`,
        '',
        ...block('json', JSON.stringify(data, null, 2)),
      ]),
      'In:',
      '',
      ...block('json', lines(example.input)),
      'Out:',
      '',
      ...block('json', lines(example.output)),
      ...(example.dropped === undefined ? [] : [`Dropped: ${codes(example.dropped)}.`, '']),
      ...(example.errors === undefined ? [] : [`Errors: ${codes(example.errors)}.`, '']),
    ]);

const renderNames = (definition: OperatorDefinition): string[] => {
  const state = definition.kind === 'processor' && storesOfOperator(definition).length > 0;
  return [
    '| | |',
    '| --- | --- |',
    `| stageName | ${code(definition.stageName)} |`,
    `| library | ${code(definition.library)}, version ${definition.version} |`,
    ...(definition.stageNameAliases === undefined ? [] : [`| also | ${codes(definition.stageNameAliases)} |`]),
    `| labels | ${codes([definition.label, ...(definition.labelAliases ?? [])])} |`,
    `| instance names | ${codes([definition.instancePrefix, ...(definition.instancePrefixAliases ?? [])].map((prefix) => `${prefix}_01`))} |`,
    `| operator libraries | ${definition.libraries.join(', ')} |`,
    ...(definition.kind === 'processor' ? [`| state | ${state ? 'kept exactly-once' : 'none'} |`] : []),
    ...(definition.kind === 'source' && !definition.cluster ? ['| running mode | Standalone Mode only |'] : []),
    '',
  ];
};

const renderOutcomes = ({ errors = [], drops = [] }: OperatorDefinition): string[] => [
  ...(errors.length === 0
    ? []
    : ['| error | when |', '| --- | --- |', ...errors.map((error) => `| ${code(error.code)} | ${error.when} |`), '']),
  ...(drops.length === 0
    ? []
    : [
        '| dropped as | when |',
        '| --- | --- |',
        ...drops.map((drop) => `| ${code(drop.reason)} | ${drop.when} |`),
        '',
      ]),
];

const renderOperator = (definition: OperatorDefinition, cases: readonly ShownCase[]): string[] => {
  const fields = definition.config.properties as Readonly<Record<string, ReferenceField>>;
  return [
    `# ${definition.label}`,
    '',
    MADE,
    '',
    definition.summary,
    '',
    ...renderNames(definition),
    definition.description,
    '',
    ...(Object.keys(fields).length === 0 ? ['It has no options of its own.', ''] : [...renderFields(fields), '']),
    ...renderOutcomes(definition),
    'As a stage of a document:',
    '',
    ...block('json', JSON.stringify(stageOf(definition, cases[0]?.config ?? {}), null, 2)),
    ...renderExamples(cases),
  ];
};

const MADE = '<!-- Generated by npm run gen from the definitions. -->';

const HEAD = `# Operators

${MADE}

What a stage of a pipeline document can be. A stage is resolved by its \`stageName\` and \`library\`; failing that by \`stageName\` alone (also under the names given as "also"), by \`uiInfo.label\`, or by the class part of its instance name (\`LatePointTagger_01\`), so that documents written for EnOS resolve too. \`configuration\` is a list of rows \`{ "name", "value" }\`; rows with names not listed here are kept and have no effect; numbers and booleans may be given as texts.

Points are written \`{modelId}::{pointId}\`. A row of an Input/Output table applies to a record whose \`pointId\` is that of the row's input point and whose \`modelIdPath\` has the row's model as a segment, or whose \`modelId\` is it. A record no row applies to is dropped (\`not-selected\`); one several rows apply to comes out once per row. The output point replaces \`pointId\`; where its model is another than that of the input point, \`modelId\` is replaced too and \`modelIdPath\` ends at the model where it occurs in the path, or becomes \`/{modelId}\`.`;

/**
 * The reference of operators as Markdown, by file name: an index, a page for each operator, and one for the settings of
 * every stage. A function of the definitions and their shown cases alone.
 */
export const renderReference = (
  definitions: readonly OperatorDefinition[],
  shownCases: Readonly<Record<string, readonly ShownCase[]>>,
): Map<string, string> => {
  const settings = stageSettingsSchema.properties as Readonly<Record<string, ReferenceField>>;
  const page = (lines: readonly string[]): string => `${lines.join('\n').trimEnd()}\n`;
  return new Map([
    [
      'README.md',
      page([
        HEAD,
        '',
        ...definitions.map(({ id, label, summary }) => `- [${label}](${id}.md): ${summary}`),
        '- [Settings of every stage](settings.md)',
        '- [Expressions](../expressions.md)',
      ]),
    ],
    ...definitions.map((definition): [string, string] => [
      `${definition.id}.md`,
      page(renderOperator(definition, shownCases[definition.id] ?? [])),
    ]),
    ['settings.md', page(['# Settings of every stage', '', MADE, '', SETTINGS, '', ...renderFields(settings)])],
  ]);
};

const SETTINGS =
  'These belong to the engine and mean the same for every stage. Records that lack a required field, fail a precondition or do not pass the quality filter are dropped and counted (`required-field`, `precondition`, `quality-filter`); they are no errors. A precondition that cannot be evaluated is an error (`PRECONDITION_FAILED`), and so is whatever an operator throws (`STAGE_FAILED`). The values of the quality filter are a decision of Penstock.';
