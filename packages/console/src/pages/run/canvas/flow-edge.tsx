import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { pathThrough, type Way } from '../../../graph/layout.ts';
import { useText } from '../../../reader/use-text.ts';
import styles from './canvas.module.css';

export type FlowEdgeType = Edge<{ way: Way | undefined; total: number | undefined; rate: number | undefined }, 'flow'>;

/** What flows from a stage to the next: how fast, and how much in all since the worker started. */
export const FlowEdge = ({ id, data, sourceX, sourceY, targetX, targetY }: EdgeProps<FlowEdgeType>) => {
  const { rate, number } = useText();
  const between = data?.way?.points.slice(1, -1) ?? [];
  const path = pathThrough([{ x: sourceX, y: sourceY }, ...between, { x: targetX, y: targetY }]);
  const { x, y } = data?.way?.label ?? { x: (sourceX + targetX) / 2, y: (sourceY + targetY) / 2 };
  return (
    <>
      <BaseEdge id={id} path={path} />
      {data?.total !== undefined && (
        <EdgeLabelRenderer>
          <div className={styles.edgeLabel} style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
            {data.rate === undefined ? '' : <strong>{rate(data.rate)}</strong>} Σ {number(data.total)}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
};
