import type { TString } from 'typebox';
import { choiceField, textField } from '../config/fields.ts';

/** Column "Input Point" of an Input/Output table. */
export const inputPointColumn: TString = textField({
  title: 'Input Point',
  description: 'Point to take, `modelId::pointId`. It also applies to models that inherit from this one.',
  minLength: 1,
  control: 'point',
});

/** Column "Output Point". */
export const outputPointColumn: TString = textField({
  title: 'Output Point',
  description:
    'Point under which the result goes on, `modelId::pointId`. It need not exist in the model unless it is to be stored.',
  minLength: 1,
  control: 'point',
});

/** CacheConfig, Cache Type. Both values mean the same here, see the description. */
export const cacheTypeField = choiceField(
  { Redis: 'Redis (survives pause and restart)', Local: 'Local' },
  {
    title: 'Cache Type',
    description:
      'Kept for EnOS documents. Whatever is chosen, state is kept in memory and in a changelog topic in Kafka, changes only together with the output it led to, and survives pause, restart, crash and retry.',
    default: 'Redis',
    group: 'CacheConfig',
    advanced: true,
  },
);
