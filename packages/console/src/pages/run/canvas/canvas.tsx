import '@xyflow/react/dist/style.css';
import type { RunView } from '@penstock/client/session';
import { Background, Controls, type EdgeTypes, type NodeTypes, ReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import look from '../../../graph/canvas.module.css';
import { countOnEdge, type Graph } from '../../../graph/graph.ts';
import { layoutOf, STAGE_SIZE } from '../../../graph/layout.ts';
import { useScheme } from '../../../reader/use-scheme.ts';
import { useText } from '../../../reader/use-text.ts';
import { figuresOf, type Look, rateOf } from '../figures/figures.ts';
import type { Limits } from '../limit/limits.ts';
import styles from './canvas.module.css';
import { FlowEdge, type FlowEdgeType } from './flow-edge.tsx';
import { StageNode, type StageNodeType } from './stage-node.tsx';

const nodeTypes: NodeTypes = { stage: StageNode };
const edgeTypes: EdgeTypes = { flow: FlowEdge };

interface CanvasProps {
  readonly label: string;
  readonly graph: Graph;
  readonly run: RunView | null;
  readonly looks: readonly Look[];
  readonly limits: Limits;
  readonly selected: string | undefined;
  readonly onSelect: (stage: string | undefined) => void;
}

/** The pipeline as it is drawn, to be looked at: stages with their counters, edges with what flows along them. */
export const Canvas = ({ label, graph, run, looks, limits, selected, onSelect }: CanvasProps) => {
  const { t } = useText();
  const scheme = useScheme();
  const drawn = useMemo(() => layoutOf(graph), [graph]);
  const nodes = useMemo(
    () =>
      graph.stages.map(
        (stage): StageNodeType => ({
          id: stage.id,
          type: 'stage',
          position: drawn.places.get(stage.id) ?? { x: 0, y: 0 },
          ...STAGE_SIZE,
          selected: stage.id === selected,
          ariaLabel: `${t('run.stage')} ${stage.label}`,
          data: {
            stage,
            figures: figuresOf(run, stage.id),
            share: limits.shares.get(stage.id),
            isLimit: limits.stages.has(stage.id),
          },
        }),
      ),
    [graph, drawn, run, limits, selected, t],
  );
  const edges = useMemo(
    () =>
      graph.edges.map(
        (edge): FlowEdgeType => ({
          id: edge.id,
          type: 'flow',
          source: edge.from,
          target: edge.to,
          focusable: false,
          data: {
            way: drawn.ways.get(edge.id),
            total: run === null ? undefined : countOnEdge(graph, edge, run.stages),
            rate: rateOf(looks, (stages) => countOnEdge(graph, edge, stages)),
          },
        }),
      ),
    [graph, drawn, run, looks],
  );
  return (
    <section className={`${look.canvas} ${styles.canvas}`} aria-label={label}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        colorMode={scheme}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        fitView
        fitViewOptions={{ padding: 0.08, maxZoom: 1 }}
        minZoom={0.1}
        maxZoom={1.5}
        onNodesChange={(changes) => {
          for (const change of changes) if (change.type === 'select' && change.selected) onSelect(change.id);
        }}
        onPaneClick={() => onSelect(undefined)}
      >
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </section>
  );
};
