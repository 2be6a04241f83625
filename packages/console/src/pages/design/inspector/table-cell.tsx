import { useMemo } from 'react';
import { type Field, plainly, readTyped } from '../../../document/fields.ts';
import { type JsonValue, shownJson } from '../../../document/json.ts';
import { useText } from '../../../reader/use-text.ts';
import type { Mark } from '../code/code-editor.ts';
import styles from '../designer.module.css';
import { useSteadyDesign } from '../model/design-context.ts';
import { PickField } from '../pick/pick-field.tsx';
import { isReference } from '../pick/suggest.ts';
import { ExpressionCell } from './expression-cell.tsx';
import { type FieldPlace, marksOf, useTextGoal } from './marks.ts';
import type { KnownOfStage } from './use-known.ts';

const NO_MARKS: readonly Mark[] = [];

interface CellProps {
  readonly place: FieldPlace;
  readonly field: Field;
  readonly label: string;
  readonly name: string;
  readonly value: JsonValue | undefined;
  readonly isWrong: boolean;
  readonly output: number;
  readonly points: readonly string[];
  readonly known: KnownOfStage;
  readonly isReadOnly: boolean;
  readonly onChange: (value: JsonValue) => void;
}

/** A cell as its column wants it. */
export const TableCell = (props: CellProps) => {
  const { t } = useText();
  const { goal: asked, findings } = useSteadyDesign();
  const { place, field, label, name, value, isWrong, output, points, known, isReadOnly, onChange } = props;
  const { stage, option, row, column } = place;
  const now = plainly(field, value ?? field.fallback);
  const text = shownJson(now);
  const common = {
    'aria-label': label,
    'aria-invalid': isWrong,
    'data-cell': name,
    disabled: isReadOnly,
    className: styles.cell,
    value: text,
  };
  const marks = useMemo(
    () => (isWrong ? marksOf(findings, { stage, option, row, column } as FieldPlace) : NO_MARKS),
    [findings, isWrong, stage, option, row, column],
  );
  const goal = useTextGoal(asked, place);
  if (field.kind === 'lane') return t('design.output', { n: output });
  if (field.kind === 'switch')
    return (
      <input
        type="checkbox"
        aria-label={label}
        aria-invalid={isWrong}
        data-cell={name}
        disabled={isReadOnly}
        checked={now === true}
        onChange={({ target }) => onChange(target.checked)}
      />
    );
  if (field.kind === 'choice') {
    const isKnown = field.options.some((option) => option.value === text);
    return (
      <select {...common} onChange={({ target }) => onChange(target.value)}>
        {!isKnown && <option value={text}>{text}</option>}
        {field.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    );
  }
  const { kind } = field;
  if (kind === 'expression')
    return (
      <ExpressionCell
        label={label}
        name={name}
        value={text}
        isWrong={isWrong}
        known={known}
        marks={marks}
        goal={goal}
        onChange={onChange}
      />
    );
  if (isReference(kind))
    return (
      <PickField
        hideLabel
        kind={kind}
        label={label}
        value={text}
        points={points}
        isWrong={isWrong}
        cell={name}
        className={styles.cell}
        onChange={onChange}
      />
    );
  return (
    <input
      {...common}
      inputMode={field.kind === 'number' ? 'decimal' : 'text'}
      onChange={({ target }) => onChange(readTyped(field, target.value))}
    />
  );
};
