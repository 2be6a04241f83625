import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { CircleX } from 'lucide-react';
import type { StageKind } from '../../../document/shape.ts';
import look from '../../../graph/canvas.module.css';
import { useText } from '../../../reader/use-text.ts';
import styles from './design-canvas.module.css';

export type DesignNodeType = Node<
  {
    readonly label: string;
    readonly operator: string;
    readonly kind: StageKind;
    readonly outputs: number;
    readonly errors: number;
  },
  'stage'
>;

/** A stage to be connected: its input at the left, its outputs at the right. */
export const DesignNode = ({ data, selected }: NodeProps<DesignNodeType>) => {
  const { t } = useText();
  const { label, operator, kind, outputs, errors } = data;
  return (
    <div className={`${look.stage} ${look[kind] ?? ''} ${selected ? look.selected : ''} ${styles.stage}`}>
      {kind !== 'source' && <Handle type="target" position={Position.Left} className={styles.handle} />}
      <span className={look.label} title={label}>
        {label}
      </span>
      <span className={look.operator}>{operator}</span>
      {errors > 0 && (
        <span className={styles.errors}>
          <CircleX size={13} aria-hidden="true" /> {t('design.errors', { n: errors })}
        </span>
      )}
      {Array.from({ length: outputs }, (_, output) => (
        <Handle
          // biome-ignore lint/suspicious/noArrayIndexKey: an output is its number
          key={output}
          id={String(output)}
          type="source"
          position={Position.Right}
          className={styles.handle}
          title={outputs > 1 ? t('design.output', { n: output + 1 }) : ''}
          style={{ top: `${((output + 1) / (outputs + 1)) * 100}%` }}
        />
      ))}
    </div>
  );
};
