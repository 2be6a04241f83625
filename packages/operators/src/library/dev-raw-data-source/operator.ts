import { defineSource } from '@penstock/engine';
import Type, { type Static } from 'typebox';
import { choiceField, switchField, textField } from '../../shared/config/fields.ts';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { BASE_LIBRARY, CLASSIC_LIBRARIES } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { messageErrors } from '../../shared/outcomes.ts';
import { type JsonPiece, splitJsonArray, splitJsonObjects } from './split-json.ts';

const config = Type.Object({
  rawData: textField({
    title: 'Raw Data',
    description: 'The records, as JSON.',
    minLength: 1,
    maxLength: 1_000_000,
    control: 'code',
    language: 'json',
    group: 'Raw Data',
  }),
  stopAfterFirstBatch: switchField({
    title: 'Stop After First Batch',
    description: 'On: the records are sent once and the pipeline finishes. Off: they are sent again and again.',
    default: false,
    group: 'Raw Data',
  }),
  dataFormat: choiceField(
    { JSON: 'JSON' },
    { title: 'Data Format', description: 'The text is JSON.', default: 'JSON', group: 'Data Format' },
  ),
  'dataFormatConfig.jsonContent': choiceField(
    { MULTIPLE_OBJECTS: 'Multiple JSON objects', ARRAY_OBJECTS: 'JSON array of objects' },
    {
      title: 'JSON Content',
      description: 'How the records stand in the text: one object after the other, or as one array.',
      default: 'MULTIPLE_OBJECTS',
      group: 'Data Format',
    },
  ),
  'dataFormatConfig.compression': choiceField(
    { NONE: 'None' },
    { title: 'Compression', description: 'The text is not compressed.', default: 'NONE', group: 'Data Format' },
  ),
});

const MAX_RECORDS = 10_000;

const piecesOf = (settings: Static<typeof config>): JsonPiece[] =>
  settings['dataFormatConfig.jsonContent'] === 'ARRAY_OBJECTS'
    ? splitJsonArray(settings.rawData)
    : splitJsonObjects(settings.rawData);

export const devRawDataSource = defineSource<typeof config>({
  ...operatorNames('origin', 'Dev Raw Data Source'),
  stageName: 'com_streamsets_pipeline_stage_devtest_rawdata_RawDataDSource',
  library: 'streamsets-datacollector-dev-lib',
  version: 1,
  libraries: [BASE_LIBRARY, '0.0.4', ...CLASSIC_LIBRARIES],
  category: 'source',
  keywords: ['debug', 'test', 'sample', 'json'],
  summary: 'Sends records that are written in the pipeline itself; for debugging.',
  description: `The records are JSON objects in the stage's own configuration. They are sent as one batch: once, or over and over until the pipeline is stopped. Nothing is remembered, so a restart begins again.

Only Standalone Mode can run it. A text that is not JSON is refused when the pipeline is validated, with the line.`,
  config,
  errors: messageErrors,
  documentOptions: {
    // Version 1 of the stage had the options of the format beside the others.
    renamed: { jsonContent: 'dataFormatConfig.jsonContent', compression: 'dataFormatConfig.compression' },
    kept: ['dataFormatConfig.*', 'eventData'],
  },
  cluster: false,
  check: (settings) => {
    const pieces = piecesOf(settings);
    const problems = pieces.flatMap((piece) => ('problem' in piece ? [piece] : []));
    if (pieces.length === 0)
      return [optionIssue('/rawData', 'There are no records in the text.', 'STAGE_OPTION_REQUIRED')];
    if (pieces.length > MAX_RECORDS)
      return [
        optionIssue('/rawData', `There are ${pieces.length} records in the text; at most ${MAX_RECORDS} are allowed.`),
      ];
    return problems.slice(0, 20).map(({ problem, line }) => optionIssue('/rawData', `Line ${line}: ${problem}.`));
  },
  source: (settings) => ({
    kind: 'inline',
    values: piecesOf(settings).flatMap((piece) => ('text' in piece ? [piece.text] : [])),
    stopAfterFirstBatch: settings.stopAfterFirstBatch,
  }),
});
