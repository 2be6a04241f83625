import type { KeySpec } from '@penstock/engine';
import type { Issue } from '@penstock/model';
import Type, { type Static } from 'typebox';
import { parseTag, treeTagField } from '../../shared/assets/tree-tag.ts';
import { choiceField, switchField, tableField, textField } from '../../shared/config/fields.ts';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';
import { checkPointColumns } from '../../shared/points/point-reference.ts';

const onTree = { dependsOn: { field: 'relatedType', values: ['CHILD_ON_TREE'] } };

export const config = Type.Object({
  inputOutput: tableField(
    {
      relatedType: choiceField(
        { SAME_ASSET: 'Same Asset', CHILD_ON_TREE: 'Child On Tree' },
        {
          title: 'Related Type',
          description: 'Whose values are obtained: those of the asset itself, or of the assets below it in trees.',
          default: 'SAME_ASSET',
        },
      ),
      assetTag: treeTagField('Asset Tag', onTree, { isOptional: true }),
      recursive: switchField({
        title: 'Recursive',
        description: 'Whether assets further down in the trees count as well, not only those directly below.',
        default: false,
        ...onTree,
      }),
      inputPoint: inputPointColumn,
      relatedPoint: textField({
        title: 'Related Point',
        description: 'Point whose latest value is obtained, `modelId::pointId`. Its records have to reach this stage.',
        minLength: 1,
        control: 'point',
      }),
      outputPoint: outputPointColumn,
    },
    {
      title: 'Input/Output',
      description: 'The points that trigger, and what each of them obtains. Rows of the same output are put together.',
      group: 'Input/Output',
    },
  ),
  dataSource: choiceField(
    { REDIS: 'Redis' },
    {
      title: 'Data Source',
      description: 'Where the values come from: the latest of each point that has come into this stage.',
      default: 'REDIS',
      group: 'Data Generation',
    },
  ),
});

export type RelatedConfig = Static<typeof config>;
export type RelatedRow = RelatedConfig['inputOutput'][number];

export const isOnTree = ({ relatedType }: RelatedRow): boolean => relatedType === 'CHILD_ON_TREE';

/** Whoever obtains the values of other assets has to have them in one place. */
export const requiresOf = ({ inputOutput }: RelatedConfig): KeySpec =>
  inputOutput.some(isOnTree) ? { kind: 'single' } : { kind: 'parts', parts: ['/assetId'] };

export const checkConfig = ({ inputOutput }: RelatedConfig): Issue[] => [
  ...checkPointColumns(inputOutput, ['inputPoint', 'relatedPoint', 'outputPoint']),
  ...inputOutput.flatMap((row, index) =>
    isOnTree(row) && parseTag(row.assetTag) === undefined
      ? [optionIssue(`/inputOutput/${index}/assetTag`, 'Name the tag of the trees, `key::value`: kind::site.')]
      : [],
  ),
];
