import { useEffect, useRef } from 'react';
import { type Field, isShown } from '../../../document/fields.ts';
import type { JsonObject } from '../../../document/json.ts';
import { useText } from '../../../reader/use-text.ts';
import type { FieldProps } from '../inspector/field-props.ts';
import { FieldView } from '../inspector/field-view.tsx';
import { useDesign } from '../model/design-context.ts';
import look from './template.module.css';
import { focusIn } from './use-form-goal.ts';

interface RowFormProps extends Pick<FieldProps, 'points' | 'known'> {
  readonly field: Field;
  readonly index: number;
  readonly row: JsonObject;
  readonly onChange: (row: JsonObject) => void;
}

/** One row as a form. What has no meaning with what is set in it is not there. */
export const RowForm = ({ field, index, row, points, known, onChange }: RowFormProps) => {
  const { t } = useText();
  const { goal } = useDesign().state;
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (goal?.option !== field.name || goal.row !== index) return;
    const { column } = goal;
    const named = column === undefined ? undefined : `[data-option="${CSS.escape(column)}"]`;
    focusIn(form.current?.querySelector<HTMLElement>(named ?? '[data-option]'));
  }, [goal, field.name, index]);
  const { columns } = field;
  const shown = columns.filter((column) => isShown(column, columns, (name) => row[name]));
  return (
    <div
      ref={form}
      className={look.grid}
      role="group"
      aria-label={t('design.rowOf', { name: field.title, n: index + 1 })}
    >
      {shown.map((column) => (
        <div key={column.name} className={look[column.kind]}>
          <FieldView
            place={{ option: field.name, row: index, column: column.name }}
            field={column}
            value={row[column.name]}
            points={points}
            known={known}
            onChange={(value) => {
              const { [column.name]: _, ...others } = row;
              onChange(value === undefined ? others : { ...row, [column.name]: value });
            }}
          />
        </div>
      ))}
    </div>
  );
};
