import type { PipelineSummary } from '@penstock/client/session';
import { Button } from '../../kit/button.tsx';
import { OPERATION_ICONS } from '../../operate/operation-buttons.tsx';
import { isPossible, OPERATIONS, type Operation } from '../../operate/possible.ts';
import { useText } from '../../reader/use-text.ts';
import styles from './pipelines-page.module.css';

interface BulkBarProps {
  readonly pipelines: readonly PipelineSummary[];
  readonly isAllowed: boolean;
  readonly onWish: (operation: Operation) => void;
  readonly onClear: () => void;
}

/** What can be done with the pipelines that are chosen; with none of them, nothing can be pressed. */
export const BulkBar = ({ pipelines, isAllowed, onWish, onClear }: BulkBarProps) => {
  const { t, number } = useText();
  return (
    <div className={styles.bulk} role="toolbar" aria-label={t('pipelines.column.actions')}>
      <strong>{t('pipelines.selected', { n: number(pipelines.length) })}</strong>
      {OPERATIONS.map((operation) => {
        const Icon = OPERATION_ICONS[operation];
        const isOffered = isAllowed && pipelines.some(({ observed }) => isPossible(operation, observed.state));
        return (
          <Button key={operation} disabled={!isOffered} onClick={() => onWish(operation)}>
            <Icon size={16} aria-hidden="true" /> {t(`operate.${operation}`)}
          </Button>
        );
      })}
      <Button kind="quiet" onClick={onClear}>
        {t('pipelines.clearSelection')}
      </Button>
    </div>
  );
};
