import type { AssetSelector, Issue } from '@penstock/model';
import { MAX_ASSET_SELECTORS } from '@penstock/model';
import Type, { type Static, type TArray, type TEnum, type TObject, type TString } from 'typebox';
import { checkTag, tagOf } from '../assets/tree-tag.ts';
import { choiceField, tableField, textField } from '../config/fields.ts';
import { optionIssue } from '../config/option-issue.ts';
import { parsePointReference } from '../points/point-reference.ts';

export type GenerateType = 'BY_ASSET_IDS' | 'BY_MODEL_IDS' | 'BY_ASSET_TAGS' | 'BY_ASSET_TREE';
type TreeSelector = 'ID' | 'TAG';

/** How `attr.recordGenerator.assetCfg` says it; `byAssertTAG` is the spelling of EnOS. */
export type AssetConfig = 'byAssetIDs' | 'byModelIDs' | 'byAssertTAG' | 'byTreeID' | 'byTreeTAG';

/** A row of the table that is chosen, whichever it is. */
export interface OutputRow {
  /** Which assets it means: one by its id, or some of the asset store. */
  readonly assets: { readonly by: 'id'; readonly assetId: string } | AssetSelector;
  /** Undefined where the row does not say: of whatever model the asset is. */
  readonly modelId: string | undefined;
  readonly pointId: string;
  readonly assetCfg: AssetConfig;
}

// No interface: these are the properties of a schema.
type OutputFields = {
  generateType: TEnum<GenerateType[]>;
  outputs: TArray<TObject<{ assetId: TString; outputPoint: TString }>>;
  modelOutputs: TArray<TObject<{ outputPoint: TString }>>;
  tagOutputs: TArray<TObject<{ tagKey: TString; tagValue: TString; outputPoint: TString }>>;
  treeOutputs: TArray<TObject<{ treeSelector: TEnum<TreeSelector[]>; tree: TString; outputPoint: TString }>>;
};

const pointColumn = (description: string): TString =>
  textField({ title: 'Output Point', description, minLength: 1, control: 'point' });

const OF_EACH =
  'The point of the records: `pointId` for each of the assets, `modelId::pointId` for those of the model and of models that inherit from it.';

/** Which assets and points records are made for: the options of the tab `group`. */
export const outputFields = (group: string): OutputFields => {
  const only = (value: GenerateType) => ({
    group,
    minItems: 0,
    dependsOn: { field: 'generateType', values: [value] },
  });
  return {
    generateType: choiceField(
      {
        BY_ASSET_IDS: 'By AssetIDs',
        BY_MODEL_IDS: 'By ModelIDs',
        BY_ASSET_TAGS: 'By Asset Tags',
        BY_ASSET_TREE: 'By Asset Tree',
      },
      {
        title: 'Generate Type',
        description:
          'How the assets and points are named that records are made for: assets one by one, or those of the asset store that are of a model, have a tag or are in a tree, as they are at the trigger.',
        default: 'BY_ASSET_IDS',
        group,
      },
    ),
    outputs: tableField(
      {
        assetId: textField({
          title: 'Output Asset',
          description: 'Id of the asset to make records for.',
          minLength: 1,
        }),
        outputPoint: pointColumn(
          'The point of the records, `pointId` or `modelId::pointId`. Stages behind select by the model, too: without it only those that go by the asset take them.',
        ),
      },
      { title: 'Outputs', description: 'The assets and points that records are made for.', ...only('BY_ASSET_IDS') },
    ),
    modelOutputs: tableField(
      {
        outputPoint: pointColumn(
          '`modelId::pointId`: the point, for every asset of the model and of models that inherit from it.',
        ),
      },
      {
        title: 'Outputs By Model',
        description: 'The models and points that records are made for.',
        ...only('BY_MODEL_IDS'),
      },
    ),
    tagOutputs: tableField(
      {
        tagKey: textField({ title: 'Tag Key', description: 'Of a tag of assets.', minLength: 1, maxLength: 256 }),
        tagValue: textField({ title: 'Tag Value', description: 'The value it has.', minLength: 1, maxLength: 256 }),
        outputPoint: pointColumn(OF_EACH),
      },
      {
        title: 'Outputs By Tag',
        description: 'The tags and points that records are made for.',
        ...only('BY_ASSET_TAGS'),
      },
    ),
    treeOutputs: tableField(
      {
        treeSelector: choiceField(
          { ID: 'Tree ID', TAG: 'Tree Tag' },
          { title: 'Tree Selector', description: 'Whether a tree is named by its id or by a tag.', default: 'ID' },
        ),
        tree: textField({
          title: 'Tree',
          description: 'Id of the tree; or a tag, `key::value`, for all trees that have it.',
          minLength: 1,
          maxLength: 400,
        }),
        outputPoint: pointColumn(OF_EACH),
      },
      {
        title: 'Outputs By Tree',
        description: 'The trees and points that records are made for.',
        ...only('BY_ASSET_TREE'),
      },
    ),
  };
};

const _outputs = Type.Object(outputFields(''));
export type OutputConfig = Static<typeof _outputs>;

/** Names of the tables in a document. */
const TABLES = {
  BY_ASSET_IDS: 'outputs',
  BY_MODEL_IDS: 'modelOutputs',
  BY_ASSET_TAGS: 'tagOutputs',
  BY_ASSET_TREE: 'treeOutputs',
} as const satisfies Record<GenerateType, keyof OutputConfig>;

/** The rows of the table that is chosen, of a configuration that has been checked. */
export const outputRows = (config: OutputConfig): readonly OutputRow[] => {
  switch (config.generateType) {
    case 'BY_ASSET_IDS':
      return config.outputs.map(({ assetId, outputPoint }) => ({
        assets: { by: 'id', assetId },
        ...pointOf(outputPoint),
        assetCfg: 'byAssetIDs',
      }));
    case 'BY_MODEL_IDS':
      return config.modelOutputs.map(({ outputPoint }) => {
        const point = pointOf(outputPoint);
        return { assets: { by: 'model', modelId: point.modelId ?? '' }, ...point, assetCfg: 'byModelIDs' };
      });
    case 'BY_ASSET_TAGS':
      return config.tagOutputs.map(({ tagKey, tagValue, outputPoint }) => ({
        assets: { by: 'tag', key: tagKey.trim(), value: tagValue.trim() },
        ...pointOf(outputPoint),
        assetCfg: 'byAssertTAG',
      }));
    case 'BY_ASSET_TREE':
      return config.treeOutputs.map(({ treeSelector, tree, outputPoint }) =>
        treeSelector === 'ID'
          ? { assets: { by: 'tree', treeId: tree.trim() }, ...pointOf(outputPoint), assetCfg: 'byTreeID' }
          : { assets: { by: 'tree-tag', ...keyAndValue(tree) }, ...pointOf(outputPoint), assetCfg: 'byTreeTAG' },
      );
  }
};

const pointOf = (text: string): Pick<OutputRow, 'modelId' | 'pointId'> =>
  parsePointReference(text) ?? { modelId: undefined, pointId: text.trim() };

const keyAndValue = (text: string): { readonly key: string; readonly value: string } => {
  const { tagKey, tagValue } = tagOf(text);
  return { key: tagKey, value: tagValue };
};

/** Issues of the table that is chosen; what stands in the others is of no effect. */
export const checkOutputs = (config: OutputConfig): Issue[] => {
  const table = TABLES[config.generateType];
  const rows = config[table];
  if (rows.length === 0)
    return [optionIssue(`/${table}`, 'Nothing is named that records are made for.', 'STAGE_OPTION_REQUIRED')];
  const issues = rows.flatMap((row, index) => rowIssues(config.generateType, row, `/${table}/${index}`));
  return issues.length > 0 ? issues : checkTogether(config, table);
};

const rowIssues = (
  type: GenerateType,
  row: { readonly outputPoint: string; readonly treeSelector?: TreeSelector; readonly tree?: string },
  path: string,
): Issue[] => {
  const { outputPoint, treeSelector, tree = '' } = row;
  const isReference = parsePointReference(outputPoint) !== undefined;
  const needsModel = type === 'BY_MODEL_IDS';
  const isPoint = isReference || (!needsModel && !outputPoint.includes('::') && outputPoint.trim() !== '');
  const wanted = needsModel
    ? 'Write model id, two colons and its id'
    : 'Write its id, or model id, two colons and its id';
  return [
    ...(isPoint ? [] : [optionIssue(`${path}/outputPoint`, `"${outputPoint}" is not a point. ${wanted}.`)]),
    ...(treeSelector === 'TAG' ? checkTag(`${path}/tree`, tree) : []),
  ];
};

const checkTogether = (config: OutputConfig, table: string): Issue[] => {
  const seen = new Set<string>();
  const selectors = new Set<string>();
  const issues: Issue[] = [];
  for (const [index, { assets, modelId, pointId }] of outputRows(config).entries()) {
    // An asset has a point once, whatever model a row names; of selected assets two rows may mean different ones.
    const name = JSON.stringify(assets.by === 'id' ? [assets.assetId, pointId] : [assets, modelId, pointId]);
    const whose = assets.by === 'id' ? `of asset "${assets.assetId}" is` : 'of the same assets is';
    if (seen.has(name))
      issues.push(optionIssue(`/${table}/${index}/outputPoint`, `Point "${pointId}" ${whose} there already.`));
    seen.add(name);
    if (assets.by !== 'id') selectors.add(JSON.stringify(assets));
  }
  if (selectors.size > MAX_ASSET_SELECTORS)
    issues.push(
      optionIssue(`/${table}`, `${selectors.size} models, tags or trees are named; ${MAX_ASSET_SELECTORS} can be.`),
    );
  return issues;
};
