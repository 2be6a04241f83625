import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';
import { Plus } from 'lucide-react';
import { useText } from '../../../reader/use-text.ts';
import { useSteadyDesign } from '../model/design-context.ts';
import styles from './design-canvas.module.css';
import { outputOfHandle } from './handles.ts';

export type DesignEdgeType = Edge<{ from: string; to: string; output: number }, 'lane'>;

/** A connection, with a button that puts a stage into it. */
export const DesignEdge = (edge: EdgeProps<DesignEdgeType>) => {
  const { t } = useText();
  const { ask, mayDesign } = useSteadyDesign();
  const { id, data, source, sourceHandleId, target } = edge;
  const [path, x, y] = getBezierPath(edge);
  const names = { from: data?.from ?? source, to: data?.to ?? target };
  return (
    <>
      <BaseEdge id={id} path={path} />
      {mayDesign && (
        <EdgeLabelRenderer>
          <button
            type="button"
            className={`${styles.insert} nodrag nopan`}
            aria-label={t('design.insertBetween', names)}
            title={t('design.insertBetween', names)}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
            onClick={() =>
              ask({
                kind: 'between',
                from: outputOfHandle(source, sourceHandleId),
                to: target,
                place: { x: x - 100, y: y - 32 },
              })
            }
          >
            <Plus size={12} aria-hidden="true" />
          </button>
        </EdgeLabelRenderer>
      )}
    </>
  );
};
