import type { AssetFacts, Issue, JsonObject, JsonValue } from '@penstock/model';
import Type, { type Static } from 'typebox';
import { choiceField, tableField, textField } from '../config/fields.ts';
import { optionIssue } from '../config/option-issue.ts';

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

export const HOW_MUCH = { NONE: 'None', ALL: 'All', SELECTED: 'Selected' } as const;
export const keyColumn = textField({ title: 'Key', description: 'Its name.', minLength: 1, maxLength: 200 });

/** The options of the tab Criteria, of look-ups of assets. */
export const criteriaFields = {
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
};

const _criteria = Type.Object(criteriaFields);
export type Criteria = Static<typeof _criteria>;

/** Issues of the criteria, by name with what is chosen and the keys: something is to be selected, and nothing is. */
export const checkSelected = (chosen: Readonly<Record<string, readonly [string, readonly unknown[]]>>): Issue[] =>
  Object.entries(chosen).flatMap(([name, [howMuch, keys]]) =>
    howMuch === 'SELECTED' && keys.length === 0
      ? [optionIssue(`/${name}Keys`, 'Nothing is selected: name what is to be added, or choose None or All.')]
      : [],
  );

/** The same of the criteria of assets. */
export const checkCriteria = (given: Criteria): Issue[] =>
  checkSelected({
    attribute: [given.attribute, given.attributeKeys],
    tag: [given.tag, given.tagKeys],
    extra: [given.extra, given.extraKeys],
  });

/** What is added to a record of an asset. */
export interface AddedAsset {
  readonly id: string;
  readonly attributes: JsonObject;
  readonly tags: JsonObject;
  readonly extra: JsonObject;
}

/** Of an asset that is not there. */
export const nothingOf = (id: string): AddedAsset => ({ id, attributes: {}, tags: {}, extra: {} });

export type Selection = 'all' | ReadonlySet<string>;

/** The organisation is there under two names. */
const NAMES: Readonly<Record<string, readonly string[]>> = { ou: ['ou', 'modelOU'] };

export const selectionOf = (
  howMuch: keyof typeof HOW_MUCH,
  keys: readonly { readonly key: string }[],
  names: Readonly<Record<string, readonly string[]>> = {},
): Selection =>
  howMuch === 'ALL' ? 'all' : new Set(howMuch === 'NONE' ? [] : keys.flatMap(({ key }) => names[key] ?? [key]));

/** Takes of assets what the criteria say; `orgId`: whose they are. */
export const pickerOf = (given: Criteria, orgId: string): ((asset: AssetFacts) => AddedAsset) => {
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

export const picked = (values: Readonly<Record<string, JsonValue>>, selection: Selection): JsonObject =>
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
