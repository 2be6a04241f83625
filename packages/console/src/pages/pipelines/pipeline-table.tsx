import type { PipelineSummary } from '@penstock/client/session';
import { type Row, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ComponentType, memo, useEffect, useMemo, useRef } from 'react';
import grid from '../../kit/grid-table.module.css';
import type { Wished } from '../../operate/operate-dialog.tsx';
import { OperationButtons } from '../../operate/operation-buttons.tsx';
import { useText } from '../../reader/use-text.ts';
import { features, figures, NUMERIC } from './columns.tsx';
import styles from './pipeline-table.module.css';
import { ToldAtContext } from './told-at.ts';

/** As in the style sheet; rows that are out of sight are not made. */
const ROW_PX = 34;
/** Rows before the end at which more are asked for. */
const NEAR_END = 20;

export type Chosen = Readonly<Record<string, true>>;

interface PipelineTableProps {
  readonly pipelines: readonly PipelineSummary[];
  readonly toldAt: number;
  readonly isAllowed: boolean;
  readonly chosen: Chosen;
  readonly onChoose: (chosen: Chosen) => void;
  readonly onWish: (wished: Wished) => void;
  readonly onEnd: () => void;
}

export const PipelineTable = (props: PipelineTableProps) => {
  const { pipelines, chosen, onChoose, onEnd } = props;
  const { t } = useText();
  const scroll = useRef<HTMLDivElement>(null);
  const data = useMemo(() => [...pipelines], [pipelines]);
  const table = useTable({
    features,
    columns: figures,
    data,
    getRowId: ({ pipelineId }: PipelineSummary) => pipelineId,
    state: { rowSelection: chosen as Record<string, true> },
    onRowSelectionChange: (next) => onChoose(typeof next === 'function' ? next(chosen as Record<string, true>) : next),
  });
  const { rows } = table.getRowModel();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const isNearEnd = (items.at(-1)?.index ?? 0) >= rows.length - NEAR_END;
  useEffect(() => {
    if (isNearEnd) onEnd();
  }, [isNearEnd, onEnd]);
  return (
    <ToldAtContext value={props.toldAt}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls by keys */}
      <div className={styles.scroll} ref={scroll} tabIndex={0} role="region" aria-label={t('pipelines.title')}>
        <div className={styles.table} role="table" aria-rowcount={rows.length + 1} aria-label={t('pipelines.title')}>
          <div role="rowgroup">
            {table.getHeaderGroups().map((group) => (
              <div key={group.id} role="row" className={`${grid.row} ${grid.head} ${styles.row}`}>
                <span role="columnheader">
                  <input
                    type="checkbox"
                    aria-label={t('pipelines.selectAll')}
                    checked={table.getIsAllRowsSelected()}
                    onChange={table.getToggleAllRowsSelectedHandler()}
                  />
                </span>
                {group.headers.map((header) => (
                  <span
                    key={header.id}
                    role="columnheader"
                    className={NUMERIC.has(header.id) ? styles.number : undefined}
                  >
                    <table.FlexRender header={header} />
                  </span>
                ))}
                <span role="columnheader">{t('pipelines.column.actions')}</span>
              </div>
            ))}
          </div>
          <div role="rowgroup" className={`${grid.body} ${styles.body}`} style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index];
              return row === undefined ? null : (
                <PipelineRow
                  key={row.id}
                  row={row}
                  cells={table.FlexRender}
                  position={item.index + 2}
                  start={item.start}
                  isChosen={row.getIsSelected()}
                  isAllowed={props.isAllowed}
                  onWish={props.onWish}
                />
              );
            })}
          </div>
        </div>
      </div>
    </ToldAtContext>
  );
};

type PipelineRowModel = Row<typeof features, PipelineSummary>;

interface PipelineRowProps extends Pick<PipelineTableProps, 'isAllowed' | 'onWish'> {
  readonly row: PipelineRowModel;
  readonly cells: ComponentType<{ readonly cell: ReturnType<PipelineRowModel['getAllCells']>[number] }>;
  /** Of all rows, the header being the first. */
  readonly position: number;
  /** How far from the top of the list, px. */
  readonly start: number;
  readonly isChosen: boolean;
}

/** Made again when something of it changes, not when the list scrolls. */
const PipelineRow = memo(({ row, cells: Cell, position, start, isChosen, isAllowed, onWish }: PipelineRowProps) => {
  const { t } = useText();
  const { pipelineId, name, observed } = row.original;
  return (
    <div
      role="row"
      aria-rowindex={position}
      className={`${grid.row} ${grid.placed} ${styles.row} ${isChosen ? styles.chosen : ''}`}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span role="cell">
        <input
          type="checkbox"
          aria-label={t('pipelines.select', { name })}
          checked={isChosen}
          onChange={row.getToggleSelectedHandler()}
        />
      </span>
      {row.getAllCells().map((cell) => (
        <span key={cell.id} role="cell" className={NUMERIC.has(cell.column.id) ? styles.number : undefined}>
          <Cell cell={cell} />
        </span>
      ))}
      <span role="cell">
        <OperationButtons
          name={name}
          state={observed.state}
          isAllowed={isAllowed}
          onWish={(operation) => onWish({ operation, pipelineId, name })}
        />
      </span>
    </div>
  );
});
