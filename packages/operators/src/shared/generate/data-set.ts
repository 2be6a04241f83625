import type { PointReference } from '@penstock/engine';
import type { Issue } from '@penstock/model';
import type { TEnum } from 'typebox';
import { choiceField, tableField, textField } from '../config/fields.ts';
import { optionIssue } from '../config/option-issue.ts';
import { parsePointReference } from '../points/point-reference.ts';

/** A row of the table of Generate Type "By AssetIDs". */
export interface OutputRow {
  readonly assetId: string;
  /** `pointId`, or `modelId::pointId`. */
  readonly outputPoint: string;
}

/** What records are made for: asset by asset, each with its points. */
export type DataSet = ReadonlyMap<string, readonly GeneratedPoint[]>;

export interface GeneratedPoint {
  readonly assetId: string;
  readonly pointId: string;
  /** Undefined where the row does not say. */
  readonly modelId: string | undefined;
}

export type GenerateType = 'BY_ASSET_IDS' | 'BY_MODEL_IDS' | 'BY_ASSET_TAGS' | 'BY_ASSET_TREE';

export const generateTypeField = (group: string): TEnum<GenerateType[]> =>
  choiceField(
    {
      BY_ASSET_IDS: 'By AssetIDs',
      BY_MODEL_IDS: 'By ModelIDs',
      BY_ASSET_TAGS: 'By Asset Tags',
      BY_ASSET_TREE: 'By Asset Tree',
    },
    {
      title: 'Generate Type',
      description:
        'How the assets and points are named that records are made for. All but *By AssetIDs* are refused: a pipeline that runs asks nobody which assets there are.',
      default: 'BY_ASSET_IDS',
      group,
    },
  );

/** Choices of EnOS are known, so that a document that has one is told what to do instead. */
export const checkGenerateType = (type: GenerateType): Issue[] =>
  type === 'BY_ASSET_IDS'
    ? []
    : [
        optionIssue(
          '/generateType',
          'Assets cannot be found by model, tag or tree while a pipeline runs. Choose "By AssetIDs", and name each asset with its points in the table of outputs.',
        ),
      ];

export const outputTable = (group: string) =>
  tableField(
    {
      assetId: textField({ title: 'Output Asset', description: 'Id of the asset to make records for.', minLength: 1 }),
      outputPoint: textField({
        title: 'Output Point',
        description:
          'The point of the records, `pointId` or `modelId::pointId`. Stages behind select by the model, too: without it only those that go by the asset take them.',
        minLength: 1,
        control: 'point',
      }),
    },
    { title: 'Outputs', description: 'The assets and points that records are made for.', group },
  );

/** In the order of the table. */
export const dataSetOf = (rows: readonly OutputRow[]): DataSet => {
  const set = new Map<string, GeneratedPoint[]>();
  for (const row of rows) {
    const point = generatedPointOf(row);
    const points = set.get(point.assetId) ?? [];
    points.push(point);
    set.set(point.assetId, points);
  }
  return set;
};

/** Points of rows that name a model, for lineage. */
export const outputPointsOf = (rows: readonly OutputRow[]): PointReference[] =>
  rows.flatMap(({ outputPoint }) => parsePointReference(outputPoint) ?? []);

export const checkOutputs = (rows: readonly OutputRow[]): Issue[] => {
  const seen = new Set<string>();
  return rows.flatMap((row, index) => {
    const { outputPoint } = row;
    const isPoint = outputPoint.includes('::')
      ? parsePointReference(outputPoint) !== undefined
      : outputPoint.trim() !== '';
    const path = `/outputs/${index}/outputPoint`;
    if (!isPoint)
      return [optionIssue(path, `"${outputPoint}" is not a point. Write its id, or model id, two colons and its id.`)];
    const { assetId, pointId } = generatedPointOf(row);
    const name = JSON.stringify([assetId, pointId]);
    if (seen.has(name)) return [optionIssue(path, `Point "${pointId}" of asset "${assetId}" is there already.`)];
    seen.add(name);
    return [];
  });
};

const generatedPointOf = ({ assetId, outputPoint }: OutputRow): GeneratedPoint => {
  const { modelId, pointId } = parsePointReference(outputPoint) ?? { modelId: undefined, pointId: outputPoint.trim() };
  return { assetId, pointId, modelId };
};
