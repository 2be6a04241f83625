import { compileCondition, defineProcessor, type Emitter, type StreamRecord } from '@penstock/engine';
import Type from 'typebox';
import { tableField, textField } from '../../shared/config/fields.ts';
import { expressionIssues, optionIssue } from '../../shared/config/option-issue.ts';
import { BASE_LIBRARY, CLASSIC_LIBRARIES } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { expressionFailed } from '../../shared/outcomes.ts';

/** The predicate of the stream for records that no other takes. */
const DEFAULT = 'default';

const config = Type.Object({
  lanePredicates: tableField(
    {
      outputLane: textField({
        title: 'Stream',
        description: 'Output lane of the stage that the records go to.',
        minLength: 1,
        maxLength: 200,
        control: 'lane',
      }),
      predicate: textField({
        title: 'Condition',
        description:
          "Which records go there: an expression such as `${record:value('/value') > 0}`; `default` in the last row: those no other row takes.",
        minLength: 1,
        maxLength: 4000,
        control: 'expression',
      }),
    },
    {
      title: 'Condition',
      description: 'The streams and their conditions.',
      group: 'Conditions',
      lastRow: { predicate: DEFAULT },
    },
  ),
});

interface Stream {
  readonly lane: number;
  readonly holds: (record: StreamRecord) => boolean;
}

/** All conditions are decided before a record goes anywhere: one that fails makes an error of the whole record. */
const select = (streams: readonly Stream[], otherwise: number, record: StreamRecord, out: Emitter): void => {
  const taken = streams.filter(({ holds }) => holds(record)).map(({ lane }) => lane);
  const lanes = taken.length === 0 ? [otherwise] : taken;
  const copies = lanes.slice(1).map(() => record.copy());
  for (const [index, lane] of lanes.entries()) out.emit(copies[index] ?? record, lane);
};

export const streamSelector = defineProcessor<typeof config>({
  ...operatorNames('processor', 'Stream Selector'),
  stageName: 'com_streamsets_pipeline_stage_processor_selector_SelectorDProcessor',
  library: 'streamsets-datacollector-basic-lib',
  version: 1,
  libraries: [BASE_LIBRARY, ...CLASSIC_LIBRARIES],
  category: 'select',
  keywords: ['branch', 'route', 'condition', 'split', 'if', 'lanes'],
  summary: 'Sends records to different streams by conditions.',
  description: `Each row names one of the stage's output lanes and the condition under which records go there. A record goes to every stream whose condition is true; to the one with \`default\`, which is the last row, only if none is. Connect a stream nobody needs to a Trash.

Records are not changed, and none is dropped. A record for which a condition cannot be evaluated is an error (\`EXPRESSION_FAILED\`) and goes nowhere else. It keeps no state: late and duplicate records and missing values are what the conditions make of them. It takes no part in stream lineage.`,
  config,
  errors: [expressionFailed],
  documentOptions: { kept: ['lanePredicates*'] },
  check: ({ lanePredicates }) =>
    lanePredicates.flatMap(({ predicate }, index) => {
      const path = `/lanePredicates/${index}/predicate`;
      const isLast = index === lanePredicates.length - 1;
      if (predicate.trim() === DEFAULT)
        return isLast ? [] : [optionIssue(path, `"${DEFAULT}" can only be the condition of the last row.`)];
      if (isLast) return [optionIssue(path, `The condition of the last row must be "${DEFAULT}".`)];
      const compiled = compileCondition(predicate);
      return compiled.ok ? [] : expressionIssues(path, compiled.issues);
    }),
  checkLanes: ({ lanePredicates }, lanes) => {
    const named = new Set(lanePredicates.map(({ outputLane }) => outputLane));
    return [
      ...lanePredicates.flatMap(({ outputLane }, index) =>
        lanes.includes(outputLane)
          ? []
          : [optionIssue(`/lanePredicates/${index}/outputLane`, `The stage has no output lane "${outputLane}".`)],
      ),
      ...lanes
        .filter((lane) => !named.has(lane))
        .map((lane) => optionIssue('/lanePredicates', `No row says which records go to the output lane "${lane}".`)),
    ];
  },
  changes: () => [],
  create: ({ lanePredicates }, { lanes }) => {
    const laneOf = (name: string): number => Math.max(0, lanes.indexOf(name));
    const streams = lanePredicates.slice(0, -1).map(({ outputLane, predicate }): Stream => {
      const compiled = compileCondition(predicate);
      if (!compiled.ok) throw new Error(`The condition should not have passed validation: ${predicate}`);
      return { lane: laneOf(outputLane), holds: compiled.holds };
    });
    const otherwise = laneOf(lanePredicates.at(-1)?.outputLane ?? '');
    return { process: (record, out) => select(streams, otherwise, record, out) };
  },
});
