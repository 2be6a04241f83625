import { Trash2 } from 'lucide-react';
import { type ClipboardEvent, memo } from 'react';
import { type Field, isShown } from '../../../document/fields.ts';
import type { JsonObject } from '../../../document/json.ts';
import { IconButton } from '../../../kit/button.tsx';
import grid from '../../../kit/grid-table.module.css';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import type { FieldPlace } from './marks.ts';
import { TableCell } from './table-cell.tsx';
import type { KnownOfStage } from './use-known.ts';

interface TableRowProps {
  readonly index: number;
  /** How far from the top of the list, px. */
  readonly start: number;
  readonly template: string;
  readonly columns: readonly Field[];
  readonly row: JsonObject;
  /** Columns that something is wrong about, between spaces; a text, so that two rows are compared by it. */
  readonly wrong: string;
  /** Of the table. */
  readonly place: FieldPlace;
  /** That the document names already. */
  readonly points: readonly string[];
  readonly known: KnownOfStage;
  readonly isReadOnly: boolean;
  readonly onChange: (index: number, row: JsonObject) => void;
  readonly onRemove: (index: number) => void;
  readonly onPaste: (event: ClipboardEvent, index: number, column: number) => void;
}

/** Made again when something of it changes, not when the table scrolls or another row is typed into. */
export const TableRow = memo((props: TableRowProps) => {
  const { t } = useText();
  const { index, start, template, place, columns, row, wrong, points, known, isReadOnly, onChange, onRemove, onPaste } =
    props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-row={index}
      className={`${grid.row} ${grid.placed} ${styles.tableRow}`}
      // No transform: lists that open in a row are placed by the window.
      style={{ gridTemplateColumns: template, top: start }}
    >
      <span role="rowheader" className={styles.hint}>
        {index + 1}
      </span>
      {columns.map((field, column) => (
        <span key={field.name} role="cell" onPasteCapture={(event) => onPaste(event, index, column)}>
          {isShown(field, columns, (name) => row[name]) ? (
            <TableCell
              place={{ ...place, row: index, column: field.name }}
              field={field}
              label={`${field.title} ${index + 1}`}
              name={`${index} ${field.name}`}
              value={row[field.name]}
              isWrong={wrong.includes(` ${field.name} `)}
              output={index + 1}
              points={points}
              known={known}
              isReadOnly={isReadOnly}
              onChange={(value) => onChange(index, { ...row, [field.name]: value })}
            />
          ) : (
            <span className={styles.hint} title={t('design.noMeaning')}>
              –
            </span>
          )}
        </span>
      ))}
      <span role="cell">
        <IconButton
          label={t('design.removeRow', { n: index + 1 })}
          disabled={isReadOnly}
          onClick={() => onRemove(index)}
        >
          <Trash2 size={14} aria-hidden="true" />
        </IconButton>
      </span>
    </div>
  );
});
