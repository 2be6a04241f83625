import type { JsonObject, PointFacts } from '@penstock/model';
import Type, { type Static } from 'typebox';
import { HOW_MUCH, keyColumn, picked, selectionOf } from '../../shared/assets/criteria.ts';
import { choiceField, tableField, textField } from '../../shared/config/fields.ts';
import { inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';

/** What of a point stands under `extra`, by the names of EnOS. */
const EXTRA = {
  name: 'name',
  desc: 'desc',
  accessMode: 'accessMode',
  dataType: 'dataType',
  createTime: 'createTime',
  priority: 'priority',
  unit: 'unit',
  signalType: 'signalType',
  hasQuality: 'hasQuality',
} as const;

export const config = Type.Object({
  inputOutput: tableField(
    {
      inputPoint: inputPointColumn,
      lookupPoint: textField({
        title: 'Lookup Point',
        description:
          'Another point of the same device whose definition is added, `modelId::pointId`. Empty: the input point.',
        default: '',
        control: 'point',
      }),
      outputPoint: outputPointColumn,
    },
    { title: 'Input/Output', description: 'The points whose records get a definition.', group: 'Input/Output' },
  ),
  tag: choiceField(HOW_MUCH, {
    title: 'Tag',
    description: 'Which tags of the point are added.',
    default: 'NONE',
    group: 'Criteria',
  }),
  tagKeys: tableField(
    { key: keyColumn },
    {
      title: 'Tag Keys',
      description: 'The tags that are added; one that the point does not have is left out.',
      minItems: 0,
      group: 'Criteria',
      dependsOn: { field: 'tag', values: ['SELECTED'] },
    },
  ),
  extra: choiceField(HOW_MUCH, {
    title: 'Extra',
    description: 'What else of the point is added.',
    default: 'ALL',
    group: 'Criteria',
  }),
  extraKeys: tableField(
    { key: choiceField(EXTRA, { title: 'Key', description: 'Its name.', default: 'unit' }) },
    {
      title: 'Extra Keys',
      description: 'What is added.',
      minItems: 0,
      group: 'Criteria',
      dependsOn: { field: 'extra', values: ['SELECTED'] },
    },
  ),
});
export type PointLookupConfig = Static<typeof config>;

/** What is added to a record, as it stands in `attr.tslPointLookup`; `id`: as it was asked for. */
export const addedOf = ({
  tag,
  tagKeys,
  extra,
  extraKeys,
}: PointLookupConfig): ((id: string, point: PointFacts) => JsonObject) => {
  const tags = selectionOf(tag, tagKeys);
  const others = selectionOf(extra, extraKeys);
  return (id, point) => ({
    id,
    modelId: point.modelId,
    extra: picked(extraOf(point), others),
    tags: picked(point.tags, tags),
  });
};

/** All of them texts, as EnOS has them. */
const extraOf = (point: PointFacts): Record<keyof typeof EXTRA, string> => ({
  name: point.name,
  desc: point.description,
  accessMode: point.accessMode,
  dataType: point.dataType,
  createTime: point.createTime,
  priority: point.priority,
  unit: point.unit,
  signalType: point.signalType,
  hasQuality: String(point.hasQuality),
});
