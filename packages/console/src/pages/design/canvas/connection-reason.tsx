import { Panel, useConnection } from '@xyflow/react';
import type { ConnectionProblem } from '../../../document/lanes.ts';
import { useText } from '../../../reader/use-text.ts';
import styles from './design-canvas.module.css';

interface ConnectionReasonProps {
  readonly problemOf: (connection: {
    source: string;
    sourceHandle?: string | null;
    target: string;
  }) => ConnectionProblem | undefined;
}

/** While a connection is dragged: why it cannot be made where the pointer is. */
export const ConnectionReason = ({ problemOf }: ConnectionReasonProps) => {
  const { t } = useText();
  const { inProgress, fromNode, fromHandle, toNode } = useConnection();
  if (!inProgress || toNode === null) return null;
  const isForward = fromHandle.type === 'source';
  const problem = problemOf(
    isForward
      ? { source: fromNode.id, sourceHandle: fromHandle.id ?? null, target: toNode.id }
      : { source: toNode.id, sourceHandle: null, target: fromNode.id },
  );
  if (problem === undefined || toNode.id === fromNode.id) return null;
  return (
    <Panel position="bottom-center">
      <p className={styles.why} role="status">
        {t(`design.problem.${problem}`)}
      </p>
    </Panel>
  );
};
