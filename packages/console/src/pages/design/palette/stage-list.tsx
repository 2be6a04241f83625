import type { Operator } from '@penstock/client/session';
import { memo, useId, useState } from 'react';
import { byCategory, findOperators, isCategory, kindOfOperator } from '../../../catalogue/find-operators.ts';
import { fitsBetween } from '../../../document/lanes.ts';
import { TextField } from '../../../kit/field.tsx';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import { BETWEEN_TYPE, OPERATOR_TYPE } from './dragged.ts';

interface StageListProps {
  readonly operators: readonly Operator[];
  readonly isDisabled?: boolean;
  readonly isDraggable?: boolean;
  readonly onPick: (operator: Operator) => void;
}

/** Operators by category, found by name, other words and category. */
export const StageList = memo(({ operators, isDisabled, isDraggable, onPick }: StageListProps) => {
  const { t } = useText();
  const id = useId();
  const [query, setQuery] = useState('');
  const found = findOperators(operators, query);
  return (
    <>
      <TextField
        hideLabel
        type="search"
        label={t('design.palette.search')}
        placeholder={t('design.palette.search')}
        value={query}
        onChange={({ target }) => setQuery(target.value)}
        onKeyDown={({ key }) => {
          const [first] = found;
          if (key === 'Enter' && first !== undefined && isDisabled !== true) onPick(first);
        }}
      />
      {byCategory(found).map(({ category, operators: of }) => (
        <section key={category} aria-labelledby={`${id}-${category}`} className={styles.category}>
          <h2 id={`${id}-${category}`}>{isCategory(category) ? t(`design.category.${category}`) : category}</h2>
          {of.map((operator) => (
            <button
              key={operator.id}
              type="button"
              className={`${styles.operator} ${styles[kindOfOperator(operator)] ?? ''}`}
              title={operator.summary}
              disabled={isDisabled === true}
              draggable={isDraggable === true && isDisabled !== true}
              onDragStart={({ dataTransfer }) => {
                dataTransfer.setData(OPERATOR_TYPE, operator.id);
                if (fitsBetween(kindOfOperator(operator))) dataTransfer.setData(BETWEEN_TYPE, operator.id);
                dataTransfer.effectAllowed = 'copy';
              }}
              onClick={() => onPick(operator)}
            >
              {operator.label}
            </button>
          ))}
        </section>
      ))}
      {found.length === 0 && <p className={styles.hint}>{t('actions.none')}</p>}
    </>
  );
});
