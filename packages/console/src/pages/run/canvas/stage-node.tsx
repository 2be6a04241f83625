import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { Gauge } from 'lucide-react';
import look from '../../../graph/canvas.module.css';
import type { Stage } from '../../../graph/graph.ts';
import { useText } from '../../../reader/use-text.ts';
import { type StageFigures, totalOf } from '../figures/figures.ts';
import styles from './canvas.module.css';

export type StageNodeType = Node<
  {
    stage: Stage;
    figures: StageFigures | undefined;
    /** Of the time of its part, 0 to 1. */
    share: number | undefined;
    /** It holds the pipeline back. */
    isLimit: boolean;
  },
  'stage'
>;

/** A stage with what the worker has counted for it. Nothing counted is not nothing: then it says so. */
export const StageNode = ({ data: { stage, figures, share, isLimit }, selected }: NodeProps<StageNodeType>) => {
  const { t, number, percent } = useText();
  const errors = figures === undefined ? 0 : totalOf(figures.errors);
  return (
    <div
      className={`${look.stage} ${look[stage.kind] ?? ''} ${selected ? look.selected : ''} ${styles.stage} ${isLimit ? styles.limit : ''}`}
    >
      <Handle type="target" position={Position.Left} className={styles.handle} isConnectable={false} />
      <span className={look.label} title={stage.label}>
        {stage.label}
      </span>
      <span className={look.operator} title={stage.id}>
        {stage.operator}
      </span>
      {figures !== undefined && (
        <span className={styles.figures}>
          <span className={errors > 0 ? styles.bad : undefined}>
            {t('run.stage.errors')} {number(errors)}
          </span>
          <span>
            {t('run.stage.dropped')} {number(totalOf(figures.dropped))}
          </span>
          {share !== undefined && !isLimit && (
            <span className={styles.share} title={t('run.stage.time')}>
              {percent(share)}
            </span>
          )}
        </span>
      )}
      {isLimit && (
        <span className={styles.badge}>
          <Gauge size={12} aria-hidden="true" />{' '}
          {share === undefined ? t('run.limit.here') : t('run.limit.mark', { percent: percent(share) })}
        </span>
      )}
      <Handle type="source" position={Position.Right} className={styles.handle} isConnectable={false} />
    </div>
  );
};
