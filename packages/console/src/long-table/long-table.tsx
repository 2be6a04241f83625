import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useEffect, useRef } from 'react';
import grid from '../kit/grid-table.module.css';
import styles from './long-table.module.css';

/** As in the style sheet: every row is one line. */
const ROW_PX = 34;
/** Rows before the end at which more are asked for. */
const NEAR_END = 10;

export interface LongColumn<T> {
  readonly name: string;
  /** As a track of a grid: `minmax(6rem, 1fr)`. */
  readonly width: string;
  readonly kind?: 'number' | 'code';
  readonly cell: (row: T) => ReactNode;
}

interface LongTableProps<T> {
  readonly label: string;
  readonly columns: readonly LongColumn<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** The row that is looked at. */
  readonly selected?: string | undefined;
  /** Below it the table scrolls sideways in its own frame. */
  readonly minWidth: string;
  /** Called when somebody has scrolled to where the last rows come into sight, each time there are others. */
  readonly onEnd?: () => void;
}

const tracksOf = <T,>(columns: readonly LongColumn<T>[]): string => columns.map(({ width }) => width).join(' ');

/** A table of any number of rows, each in one line: those that are out of sight are not made. */
export const LongTable = <T,>(props: LongTableProps<T>) => {
  const { label, columns, rows, keyOf, selected, minWidth, onEnd } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const isNearEnd = items.length > 0 && (items.at(-1)?.index ?? 0) >= rows.length - NEAR_END;
  const count = rows.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows have another end
  useEffect(() => {
    if (isNearEnd && (scroll.current?.scrollTop ?? 0) > 0) onEnd?.();
  }, [isNearEnd, count, onEnd]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls by keys
    <div className={styles.scroll} ref={scroll} tabIndex={0} role="region" aria-label={label}>
      <div role="table" aria-label={label} aria-rowcount={rows.length + 1} style={{ minWidth }}>
        <div role="rowgroup">
          <div
            role="row"
            className={`${grid.row} ${grid.head} ${styles.row}`}
            style={{ gridTemplateColumns: tracksOf(columns) }}
          >
            {columns.map(({ name, kind }) => (
              <span key={name} role="columnheader" className={kind === 'number' ? styles.number : undefined}>
                {name}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className={`${grid.body} ${styles.body}`} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const key = keyOf(row);
            return (
              <LongRow
                key={key}
                row={row}
                columns={columns}
                index={index}
                start={start}
                isSelected={key === selected}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
};

interface LongRowProps<T> {
  readonly row: T;
  readonly columns: readonly LongColumn<T>[];
  readonly index: number;
  /** How far from the top of the list, px. */
  readonly start: number;
  readonly isSelected: boolean;
}

const LongRowOf = <T,>({ row, columns, index, start, isSelected }: LongRowProps<T>) => (
  <div
    role="row"
    aria-rowindex={index + 2}
    className={`${grid.row} ${grid.placed} ${styles.row} ${isSelected ? styles.selected : ''}`}
    style={{ gridTemplateColumns: tracksOf(columns), transform: `translateY(${start}px)` }}
  >
    {columns.map(({ name, kind, cell }) => (
      <span key={name} role="cell" className={kind === undefined ? undefined : styles[kind]}>
        {cell(row)}
      </span>
    ))}
  </div>
);

/** Made again when something of it changes, not when the table scrolls: as long as the columns are the same list. */
const LongRow = memo(LongRowOf) as typeof LongRowOf;
