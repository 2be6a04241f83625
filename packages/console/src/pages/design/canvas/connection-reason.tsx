import { Panel, useConnection, useReactFlow } from '@xyflow/react';
import type { ConnectionProblem } from '../../../document/lanes.ts';
import { useText } from '../../../reader/use-text.ts';
import styles from './design-canvas.module.css';
import type { Over } from './use-edge-drop.ts';

interface ConnectionReasonProps {
  readonly problemOf: (connection: {
    source: string;
    sourceHandle?: string | null;
    target: string;
  }) => ConnectionProblem | undefined;
  readonly over: Over | undefined;
}

/** While a connection or a stage is dragged: why it cannot be made, or put, where the pointer is. */
export const ConnectionReason = ({ problemOf, over }: ConnectionReasonProps) => {
  const problem = useConnectionProblem(problemOf) ?? (over?.fits === false ? 'not-between' : undefined);
  const { t } = useText();
  if (problem === undefined) return null;
  return (
    <Panel position="bottom-center">
      <p className={styles.why} role="status">
        {t(`design.problem.${problem}`)}
      </p>
    </Panel>
  );
};

const useConnectionProblem = (problemOf: ConnectionReasonProps['problemOf']): ConnectionProblem | undefined => {
  const { inProgress, fromNode, fromHandle, toNode, to } = useConnection();
  const { getIntersectingNodes } = useReactFlow();
  if (!inProgress) return undefined;
  // Over a stage, though not over a handle: a source has no handle that could be pointed at.
  const [under] = toNode === null ? getIntersectingNodes({ ...to, width: 1, height: 1 }) : [];
  const other = toNode?.id ?? under?.id;
  if (other === undefined || other === fromNode.id) return undefined;
  return problemOf(
    fromHandle.type === 'source'
      ? { source: fromNode.id, sourceHandle: fromHandle.id ?? null, target: other }
      : { source: other, sourceHandle: null, target: fromNode.id },
  );
};
