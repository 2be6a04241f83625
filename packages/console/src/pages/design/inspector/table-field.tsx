import { useVirtualizer } from '@tanstack/react-virtual';
import { Plus } from 'lucide-react';
import { type ClipboardEvent, useCallback, useEffect, useId, useMemo, useRef } from 'react';
import { type Field, newRow, pasteCells } from '../../../document/fields.ts';
import { isObject, type JsonObject, type JsonValue, listOf } from '../../../document/json.ts';
import { Button } from '../../../kit/button.tsx';
import grid from '../../../kit/grid-table.module.css';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import { useDesign } from '../model/design-context.ts';
import type { Finding } from '../model/use-findings.ts';
import type { FieldProps } from './field-props.ts';
import type { FieldPlace } from './marks.ts';
import { TableRow } from './table-row.tsx';

const ROW_HEIGHT = 32;
/** Least widths of columns, px. */
const WIDE = 132;
const NARROW = 76;
const EDGES = 72;
const NARROW_KINDS: ReadonlySet<Field['kind']> = new Set(['number', 'lane', 'switch']);
const NO_ROWS: readonly JsonValue[] = [];
const NO_CELLS: JsonObject = {};

/** By row the columns that something is wrong about, between spaces. */
const wrongColumns = (findings: readonly Finding[], { stage, option }: FieldPlace): ReadonlyMap<number, string> => {
  const wrong = new Map<number, string>();
  for (const { place } of findings)
    if (place.stage === stage && place.option === option && place.row !== undefined)
      wrong.set(place.row, `${wrong.get(place.row) ?? ' '}${place.column ?? ''} `);
  return wrong;
};

/** Rows with the same fields; those out of sight are not made. What is copied from a spreadsheet is pasted as cells. */
export const TableField = ({
  place,
  field,
  value,
  points,
  known,
  isTall,
  onChange,
}: FieldProps & {
  /** It stands by itself, below a title that others see. */
  readonly isTall?: boolean;
}) => {
  const { t, number } = useText();
  const { state, findings, mayDesign } = useDesign();
  const id = useId();
  const rows = value === undefined ? NO_ROWS : listOf(value);
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 6,
  });
  const { goal } = state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the cursor goes there once, not at each change
  useEffect(() => {
    if (goal === undefined || goal.stage !== place.stage || goal.option !== place.option) return;
    const row = goal.row ?? 0;
    scroll.current?.scrollIntoView({ block: 'center' });
    if (row < rows.length) virtual.scrollToIndex(row);
    // The row is made when the list has scrolled to it.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const cell = `[data-cell="${row} ${CSS.escape(goal.column ?? '')}"]`;
        const first = `[data-row="${row}"] input, [data-row="${row}"] select`;
        const target =
          scroll.current?.querySelector<HTMLElement>(cell) ?? scroll.current?.querySelector<HTMLElement>(first);
        (target ?? scroll.current?.parentElement?.querySelector<HTMLElement>('button'))?.focus();
      }),
    );
  }, [goal]);
  const add = (): void => {
    const row = newRow(field.columns);
    if (field.lastRow === undefined || rows.length === 0) onChange([...rows, row]);
    else onChange([...rows.slice(0, -1), row, ...rows.slice(-1)]);
  };
  const latest = useRef({ rows, field, mayDesign, onChange });
  latest.current = { rows, field, mayDesign, onChange };
  // The same from render to render: rows that did not change are not made again.
  const put = useCallback((at: number, row: JsonObject): void => {
    const { rows: now, onChange: tell } = latest.current;
    tell(now.map((each, index) => (index === at ? row : each)));
  }, []);
  const remove = useCallback((at: number): void => {
    const { rows: now, onChange: tell } = latest.current;
    tell(now.filter((_, index) => index !== at));
  }, []);
  const paste = useCallback((event: ClipboardEvent, row: number, column: number): void => {
    const { rows: now, field: of, mayDesign: may, onChange: tell } = latest.current;
    const text = event.clipboardData.getData('text/plain');
    if (!/[\t\n]/.test(text.trim()) || !may) return;
    event.preventDefault();
    // An editor in the cell would paste it as a text.
    event.stopPropagation();
    tell(pasteCells(now, of.columns, { row, column }, text));
  }, []);
  const { stage, option } = place;
  const ofTable = useMemo((): FieldPlace => (stage === undefined ? { option } : { stage, option }), [stage, option]);
  const wrong = useMemo(() => wrongColumns(findings, ofTable), [findings, ofTable]);
  const template = `28px ${field.columns.map(({ kind }) => (NARROW_KINDS.has(kind) ? `${NARROW}px` : `minmax(${WIDE}px, 1fr)`)).join(' ')} 30px`;
  const widths = field.columns.map(({ kind }) => (NARROW_KINDS.has(kind) ? NARROW : WIDE));
  const minWidth = widths.reduce((sum, width) => sum + width + 2, EDGES);
  return (
    <div className={styles.lines}>
      <span id={id} className={isTall === true ? styles.hidden : undefined}>
        {field.title} <span className={styles.hint}>{t('design.rows', { n: number(rows.length) })}</span>
      </span>
      <div
        ref={scroll}
        className={`${styles.tableScroll} ${isTall === true ? styles.tallTable : ''}`}
        role="table"
        aria-labelledby={id}
        aria-rowcount={rows.length + 1}
      >
        <div role="rowgroup" className={grid.head} style={{ minWidth }}>
          <div role="row" className={`${grid.row} ${styles.tableRow}`} style={{ gridTemplateColumns: template }}>
            <span role="columnheader">#</span>
            {field.columns.map(({ name, title, description }) => (
              <span key={name} role="columnheader" title={description}>
                {title}
              </span>
            ))}
            <span role="columnheader">
              <span className={styles.hidden}>{t('pipelines.column.actions')}</span>
            </span>
          </div>
        </div>
        <div role="rowgroup" className={grid.body} style={{ minWidth, height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return (
              <TableRow
                key={index}
                index={index}
                start={start}
                template={template}
                columns={field.columns}
                row={isObject(row) ? row : NO_CELLS}
                wrong={wrong.get(index) ?? ''}
                place={ofTable}
                points={points}
                known={known}
                isReadOnly={!mayDesign}
                onChange={put}
                onRemove={remove}
                onPaste={paste}
              />
            );
          })}
        </div>
      </div>
      <span>
        <Button disabled={!mayDesign} onClick={add}>
          <Plus size={14} aria-hidden="true" /> {t('design.addRow')}
        </Button>
      </span>
    </div>
  );
};
