import { expressionFunctions, type OperatorDefinition, stageSettingsSchema } from '@penstock/engine';
import type { JsonObject, JsonValue } from '@penstock/model';
import { type ReferenceField, renderFields } from './render-fields.ts';

const KINDS = { source: 'SOURCE', processor: 'PROCESSOR', target: 'TARGET' } as const;

const code = (text: string): string => `\`${text}\``;
const codes = (texts: readonly string[] | undefined): string => (texts ?? []).map(code).join(', ');
const block = (language: string, text: string): string[] => [`\`\`\`${language}`, text, '```', ''];

/** A stage as it stands in a document, with the configuration of the first example. */
const stageOf = (definition: OperatorDefinition): JsonObject => {
  const lane = `${definition.instancePrefix}_01OutputLane1`;
  const config = definition.examples[0]?.config ?? {};
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

const renderExamples = (definition: OperatorDefinition): string[] =>
  definition.examples
    .filter((example) => example.input.length > 0)
    .flatMap((example) => [
      `Example (run as a test): ${example.title}.`,
      '',
      ...block('json', JSON.stringify(example.config, null, 2)),
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
  const state = definition.kind === 'processor' && definition.state !== undefined;
  return [
    '| | |',
    '| --- | --- |',
    `| stageName | ${code(definition.stageName)} |`,
    `| library | ${code(definition.library)}, version ${definition.version} |`,
    ...(definition.stageNameAliases === undefined ? [] : [`| also | ${codes(definition.stageNameAliases)} |`]),
    `| labels | ${codes([definition.label, ...(definition.labelAliases ?? [])])} |`,
    `| instance names | ${codes([definition.instancePrefix, ...(definition.instancePrefixAliases ?? [])].map((prefix) => `${prefix}_01`))} |`,
    `| EnOS libraries | ${definition.libraries.join(', ')} |`,
    ...(definition.kind === 'processor' ? [`| state | ${state ? 'kept exactly-once' : 'none'} |`] : []),
    ...(definition.kind === 'source' && !definition.cluster ? ['| running mode | Standalone Mode only |'] : []),
    '',
  ];
};

const renderOperator = (definition: OperatorDefinition): string[] => {
  const fields = definition.config.properties as Readonly<Record<string, ReferenceField>>;
  return [
    `## ${definition.label}`,
    '',
    definition.summary,
    '',
    ...renderNames(definition),
    definition.description,
    '',
    ...(Object.keys(fields).length === 0 ? ['It has no options of its own.', ''] : [...renderFields(fields), '']),
    'As a stage of a document:',
    '',
    ...block('json', JSON.stringify(stageOf(definition), null, 2)),
    ...renderExamples(definition),
  ];
};

const HEAD = `# Operators

<!-- Made by scripts/generate-operators-doc.ts. Do not edit. -->

What a stage of a pipeline document can be. A stage is resolved by its \`stageName\` and \`library\`; failing that by \`stageName\` alone (also under the names given as "also"), by \`uiInfo.label\`, or by the class part of its instance name (\`LatePointTagger_01\`), so that documents written for EnOS resolve too. \`configuration\` is a list of rows \`{ "name", "value" }\`; rows with names not listed here are kept and have no effect; numbers and booleans may be given as texts.

Points are written \`{modelId}::{pointId}\`. A row of an Input/Output table applies to a record whose \`pointId\` is that of the row's input point and whose \`modelIdPath\` has the row's model as a segment, or whose \`modelId\` is it. A record no row applies to is dropped (\`not-selected\`); one several rows apply to comes out once per row. The output point replaces \`pointId\`; where its model is another than that of the input point, \`modelId\` is replaced too and \`modelIdPath\` ends at the model where it occurs in the path, or becomes \`/{modelId}\`.`;

const EXPRESSIONS = `Options that take expressions use the StreamSets expression language: text with \`\${…}\` parts. A part alone gives a value of its type, parts among text give a text. Operators, from weakest to strongest: \`? :\`, \`||\` (\`or\`), \`&&\` (\`and\`), \`==\` \`!=\` (\`eq\` \`ne\`), \`<\` \`<=\` \`>\` \`>=\` (\`lt\` \`le\` \`gt\` \`ge\`), \`+\` \`-\`, \`*\` \`/\` \`%\` (\`div\` \`mod\`), \`-\` \`!\` (\`not\`) \`empty\`, \`[…]\` \`.name\`. Texts stand in single or double quotes.

Field paths are \`/field\`, \`/map/key\`, \`/list[0]/key\`, \`/"any name"\`, and \`/\` for the whole record.

Values change type as needed. For arithmetic null and the empty text are 0 and a text that spells a number is that number; \`+\` adds numbers and never joins texts (use \`str:concat\`). For conditions null and the empty text are false, and a text is true when it spells \`true\`. Comparing with null gives false, except \`null == null\`. If one side of \`==\` is a number or boolean, so is made the other, where possible. Whatever does not fit, a division by zero, and a result that is not finite or too long, is an error of the record (\`EXPRESSION_FAILED\`).

Regular expressions have no back-references and no look-around; they run in time linear in the text. Date-times are numbers, Unix ms, and UTC unless a zone is given; date patterns are those of Java's SimpleDateFormat with the letters y M d H h m s S a E D u X Z z.`;

/** The reference of operators as Markdown; a function of the definitions alone. */
export const renderReference = (definitions: readonly OperatorDefinition[]): string => {
  const settings = stageSettingsSchema.properties as Readonly<Record<string, ReferenceField>>;
  const anchor = (label: string): string => label.toLowerCase().replaceAll(' ', '-');
  return `${[
    HEAD,
    '',
    ...definitions.map(({ label, summary }) => `- [${label}](#${anchor(label)}): ${summary}`),
    '- [Settings of every stage](#settings-of-every-stage)',
    '- [Expressions](#expressions)',
    '',
    ...definitions.flatMap(renderOperator),
    '## Settings of every stage',
    '',
    'These belong to the engine and mean the same for every stage. Records that lack a required field, fail a precondition or do not pass the quality filter are dropped and counted (`required-field`, `precondition`, `quality-filter`); they are no errors. The values of the quality filter are a decision of Penstock.',
    '',
    ...renderFields(settings),
    '',
    '## Expressions',
    '',
    EXPRESSIONS,
    '',
    '| function | result |',
    '| --- | --- |',
    ...expressionFunctions.map(({ signature, summary }) => `| \`${signature}\` | ${summary.replaceAll('|', '\\|')} |`),
  ].join('\n')}\n`;
};
