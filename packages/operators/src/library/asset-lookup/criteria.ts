import type { AssetFacts, JsonObject, JsonValue } from '@penstock/model';
import Type, { type Static } from 'typebox';
import { choiceField, tableField, textField } from '../../shared/config/fields.ts';
import { inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';

/** What of an asset stands under `extra`, by the names of EnOS. */
const EXTRA = {
  ou: 'OU',
  modelId: 'modelId',
  modelIdPath: 'modelIdPath',
  tslInstanceName: 'tslInstanceName',
  tslInstanceDesc: 'tslInstanceDesc',
  label: 'label',
  timezone: 'timezone',
  extraInfo: 'extraInfo',
} as const;

const HOW_MUCH = { NONE: 'None', ALL: 'All', SELECTED: 'Selected' } as const;
const keyColumn = textField({ title: 'Key', description: 'Its name.', minLength: 1, maxLength: 200 });

export const config = Type.Object({
  inputOutput: tableField(
    { inputPoint: inputPointColumn, outputPoint: outputPointColumn },
    { title: 'Input/Output', description: 'The points whose records get their asset.', group: 'Input/Output' },
  ),
  attribute: choiceField(HOW_MUCH, {
    title: 'Attribute',
    description: 'Which attributes of the asset are added.',
    default: 'ALL',
    group: 'Criteria',
  }),
  attributeKeys: tableField(
    { key: keyColumn },
    {
      title: 'Attribute Keys',
      description: 'The attributes that are added; one that the asset does not have is left out.',
      minItems: 0,
      group: 'Criteria',
      dependsOn: { field: 'attribute', values: ['SELECTED'] },
    },
  ),
  tag: choiceField(HOW_MUCH, {
    title: 'Tag',
    description: 'Which tags of the asset are added.',
    default: 'NONE',
    group: 'Criteria',
  }),
  tagKeys: tableField(
    { key: keyColumn },
    {
      title: 'Tag Keys',
      description: 'The tags that are added; one that the asset does not have is left out.',
      minItems: 0,
      group: 'Criteria',
      dependsOn: { field: 'tag', values: ['SELECTED'] },
    },
  ),
  extra: choiceField(HOW_MUCH, {
    title: 'Extra',
    description: 'What else of the asset is added.',
    default: 'NONE',
    group: 'Criteria',
  }),
  extraKeys: tableField(
    { key: choiceField(EXTRA, { title: 'Key', description: 'Its name.', default: 'modelId' }) },
    {
      title: 'Extra Keys',
      description: 'What is added: OU gives `ou` and `modelOU`.',
      minItems: 0,
      group: 'Criteria',
      dependsOn: { field: 'extra', values: ['SELECTED'] },
    },
  ),
});
export type AssetLookupConfig = Static<typeof config>;

/** What is added to a record of its asset, as it stands in `attr.tslAssetLookup`. */
export interface AddedAsset {
  readonly id: string;
  readonly attributes: JsonObject;
  readonly tags: JsonObject;
  readonly extra: JsonObject;
}

/** Of an asset that is not there. */
export const nothingOf = (id: string): AddedAsset => ({ id, attributes: {}, tags: {}, extra: {} });

type Selection = 'all' | ReadonlySet<string>;

/** The organisation is there under two names. */
const NAMES: Readonly<Record<string, readonly string[]>> = { ou: ['ou', 'modelOU'] };

const selectionOf = (
  howMuch: keyof typeof HOW_MUCH,
  keys: readonly { readonly key: string }[],
  names: Readonly<Record<string, readonly string[]>> = {},
): Selection =>
  howMuch === 'ALL' ? 'all' : new Set(howMuch === 'NONE' ? [] : keys.flatMap(({ key }) => names[key] ?? [key]));

/** Takes of assets what the criteria say; `orgId`: whose they are. */
export const pickerOf = (given: AssetLookupConfig, orgId: string): ((asset: AssetFacts) => AddedAsset) => {
  const attributes = selectionOf(given.attribute, given.attributeKeys);
  const tags = selectionOf(given.tag, given.tagKeys);
  const extra = selectionOf(given.extra, given.extraKeys, NAMES);
  return (asset) => ({
    id: asset.assetId,
    attributes: picked(asset.attributes, attributes),
    tags: picked(asset.tags, tags),
    extra: picked(extraOf(asset, orgId), extra),
  });
};

const picked = (values: Readonly<Record<string, JsonValue>>, selection: Selection): JsonObject =>
  Object.fromEntries(Object.entries(values).filter(([key]) => selection === 'all' || selection.has(key)));

const extraOf = (asset: AssetFacts, orgId: string): JsonObject => ({
  tslInstanceName: asset.name,
  tslInstanceDesc: asset.description,
  label: asset.label,
  timezone: asset.timezone,
  ou: orgId,
  modelId: asset.modelId,
  modelIdPath: asset.modelIdPath,
  modelOU: orgId,
  extraInfo: { ...asset.extraInfo },
});
