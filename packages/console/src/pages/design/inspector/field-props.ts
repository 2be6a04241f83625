import type { Field } from '../../../document/fields.ts';
import type { JsonValue } from '../../../document/json.ts';
import type { FieldPlace } from './marks.ts';
import type { KnownOfStage } from './use-known.ts';

export interface FieldProps {
  readonly place: FieldPlace;
  readonly field: Field;
  readonly value: JsonValue | undefined;
  readonly points: readonly string[];
  readonly known: KnownOfStage;
  readonly onChange: (value: JsonValue | undefined) => void;
}
