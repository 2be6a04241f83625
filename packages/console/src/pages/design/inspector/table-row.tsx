import { Trash2 } from 'lucide-react';
import type { ClipboardEvent } from 'react';
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
  /** Cells that something is wrong about: `row column`. */
  readonly wrong: ReadonlySet<string>;
  /** Of the table. */
  readonly place: FieldPlace;
  /** That the document names already. */
  readonly points: readonly string[];
  readonly known: KnownOfStage;
  readonly isReadOnly: boolean;
  readonly onChange: (row: JsonObject) => void;
  readonly onRemove: () => void;
  readonly onPaste: (event: ClipboardEvent, column: number) => void;
}

export const TableRow = (props: TableRowProps) => {
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
        <span key={field.name} role="cell" onPasteCapture={(event) => onPaste(event, column)}>
          {isShown(field, columns, (name) => row[name]) ? (
            <TableCell
              place={{ ...place, row: index, column: field.name }}
              field={field}
              label={`${field.title} ${index + 1}`}
              name={`${index} ${field.name}`}
              value={row[field.name]}
              isWrong={wrong.has(`${index} ${field.name}`)}
              output={index + 1}
              points={points}
              known={known}
              isReadOnly={isReadOnly}
              onChange={(value) => onChange({ ...row, [field.name]: value })}
            />
          ) : (
            <span className={styles.hint} title={t('design.noMeaning')}>
              –
            </span>
          )}
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
