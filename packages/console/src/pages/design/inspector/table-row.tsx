import { Trash2 } from 'lucide-react';
import type { ClipboardEvent } from 'react';
import { type JsonObject, type JsonValue, shownJson } from '../../../document/json.ts';
import { IconButton } from '../../../kit/button.tsx';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import { type Field, readTyped } from '../model/fields.ts';

interface TableRowProps {
  readonly index: number;
  /** How far from the top of the list, px. */
  readonly start: number;
  readonly template: string;
  readonly columns: readonly Field[];
  readonly row: JsonObject;
  /** Cells that something is wrong about: `row column`. */
  readonly wrong: ReadonlySet<string>;
  readonly pointList: string;
  readonly isReadOnly: boolean;
  readonly onChange: (row: JsonObject) => void;
  readonly onRemove: () => void;
  readonly onPaste: (event: ClipboardEvent, column: number) => void;
}

export const TableRow = (props: TableRowProps) => {
  const { t } = useText();
  const { index, start, template, columns, row, wrong, pointList, isReadOnly, onChange, onRemove, onPaste } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-row={index}
      className={`${styles.tableRow} ${styles.placed}`}
      style={{ gridTemplateColumns: template, transform: `translateY(${start}px)` }}
    >
      <span role="rowheader" className={styles.hint}>
        {index + 1}
      </span>
      {columns.map((field, column) => (
        <span key={field.name} role="cell">
          <Cell
            field={field}
            label={`${field.title} ${index + 1}`}
            name={`${index} ${field.name}`}
            value={row[field.name]}
            isWrong={wrong.has(`${index} ${field.name}`)}
            output={index + 1}
            pointList={pointList}
            isReadOnly={isReadOnly}
            onChange={(value) => onChange({ ...row, [field.name]: value })}
            onPaste={(event) => onPaste(event, column)}
          />
        </span>
      ))}
      <span role="cell">
        <IconButton label={t('design.removeRow', { n: index + 1 })} disabled={isReadOnly} onClick={onRemove}>
          <Trash2 size={14} aria-hidden="true" />
        </IconButton>
      </span>
    </div>
  );
};

interface CellProps {
  readonly field: Field;
  readonly label: string;
  readonly name: string;
  readonly value: JsonValue | undefined;
  readonly isWrong: boolean;
  readonly output: number;
  readonly pointList: string;
  readonly isReadOnly: boolean;
  readonly onChange: (value: JsonValue) => void;
  readonly onPaste: (event: ClipboardEvent) => void;
}

const Cell = (props: CellProps) => {
  const { t } = useText();
  const { field, label, name, value, isWrong, output, pointList, isReadOnly, onChange, onPaste } = props;
  const text = shownJson(value ?? field.fallback);
  const common = {
    'aria-label': label,
    'aria-invalid': isWrong,
    'data-cell': name,
    disabled: isReadOnly,
    className: styles.cell,
    value: text,
    onPaste,
  };
  if (field.kind === 'lane') return t('design.output', { n: output });
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
  return (
    <input
      {...common}
      {...(field.kind === 'point' ? { list: pointList } : {})}
      inputMode={field.kind === 'number' ? 'decimal' : 'text'}
      onChange={({ target }) => onChange(readTyped(field, target.value))}
    />
  );
};
