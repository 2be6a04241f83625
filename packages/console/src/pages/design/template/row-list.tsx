import { useVirtualizer } from '@tanstack/react-virtual';
import { CircleX } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { Field } from '../../../document/fields.ts';
import type { JsonValue } from '../../../document/json.ts';
import { rowSummary } from '../../../forms/form-document.ts';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import look from './template.module.css';

const ROW_PX = 30;

interface RowListProps {
  readonly field: Field;
  readonly rows: readonly JsonValue[];
  readonly chosen: number;
  /** Rows with errors. */
  readonly wrong: ReadonlySet<number>;
  readonly onChoose: (index: number) => void;
}

/** Rows by the points they are about; those out of sight are not made. */
export const RowList = ({ field, rows, chosen, wrong, onChoose }: RowListProps) => {
  const { t } = useText();
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list follows what is chosen, not each change
  useEffect(() => virtual.scrollToIndex(chosen), [chosen]);
  return (
    <div ref={scroll} className={look.list}>
      <ul aria-label={t('design.rowsOf', { name: field.title })} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <li key={index} className={look.item} style={{ top: start }}>
            <button
              type="button"
              className={styles.rowButton}
              aria-pressed={index === chosen}
              onClick={() => onChoose(index)}
            >
              <span className={styles.hint}>{index + 1}</span>
              <span className={look.summary}>{rowSummary(field, rows[index]) || '–'}</span>
              {wrong.has(index) && <CircleX size={14} className={styles.bad} aria-label={t('run.severity.error')} />}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
};
