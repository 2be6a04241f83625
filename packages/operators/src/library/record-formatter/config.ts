import Type, { type Static } from 'typebox';
import { choiceField, fieldNamesField } from '../../shared/config/fields.ts';
import { cacheTypeField } from '../../shared/points/point-columns.ts';

const FORMATS = { DCM: 'DCM Format', MEASUREMENT: 'Measurement Format', ORIGINAL: 'Original Format' } as const;

const GROUPS_TEXT =
  'A tag is of the group that its key begins with, up to the first dot: `site.region` and `site` are of the group `site`. `*`: every tag.';

export const config = Type.Object({
  inputFormat: choiceField(FORMATS, {
    title: 'Input Format',
    description:
      'The format that records come in. DCM Format: known by model and point; Measurement Format: known by `measurementId`; Original Format: either of them.',
    default: 'DCM',
    group: 'Basic',
  }),
  outputFormat: choiceField(FORMATS, {
    title: 'Output Format',
    description: 'The format that they go on in. Original Format: that in which they came.',
    default: 'MEASUREMENT',
    group: 'Basic',
  }),
  assetTagGroups: fieldNamesField({
    title: 'Asset Tag Groups',
    description: `Tags of the asset of these groups are added. ${GROUPS_TEXT}`,
    default: [],
    group: 'Basic',
  }),
  measurementTagGroups: fieldNamesField({
    title: 'Measurement Tag Groups',
    description: `Tags of what is measured of these groups are added. ${GROUPS_TEXT}`,
    default: [],
    group: 'Basic',
  }),
  cacheType: cacheTypeField,
});
export type FormatterConfig = Static<typeof config>;

/** Whether records may change their format. */
export const converts = ({ inputFormat, outputFormat }: FormatterConfig): boolean =>
  outputFormat !== 'ORIGINAL' && inputFormat !== outputFormat;

/** Takes of tags those of the groups. */
export const tagPicker = (
  groups: readonly string[],
): ((tags: Readonly<Record<string, string>>) => Record<string, string>) => {
  const wanted = new Set(groups.map((group) => group.trim()));
  const isAll = wanted.has('*');
  return (tags) => Object.fromEntries(Object.entries(tags).filter(([key]) => isAll || wanted.has(groupOf(key))));
};

const groupOf = (key: string): string => key.split('.', 1)[0] ?? key;
