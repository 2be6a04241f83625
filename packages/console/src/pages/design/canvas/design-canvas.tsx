import {
  Background,
  Controls,
  type EdgeTypes,
  type NodeChange,
  type NodeTypes,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  useStore,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { connect, connectionProblem, type Output } from '../../../document/lanes.ts';
import { labelOf, stageOf } from '../../../document/shape.ts';
import { moveStages, type Place } from '../../../document/stages.ts';
import look from '../../../graph/canvas.module.css';
import { useScheme } from '../../../reader/use-scheme.ts';
import { useText } from '../../../reader/use-text.ts';
import { useDesign } from '../model/design-context.ts';
import { ConnectionReason } from './connection-reason.tsx';
import styles from './design-canvas.module.css';
import { DesignEdge, type DesignEdgeType } from './design-edge.tsx';
import { DesignNode, type DesignNodeType } from './design-node.tsx';
import { edgesOf, nodesOf } from './drawn.ts';
import { outputOfHandle } from './handles.ts';
import { useEdgeDrop } from './use-edge-drop.ts';

const nodeTypes: NodeTypes = { stage: DesignNode };
const edgeTypes: EdgeTypes = { lane: DesignEdge };
const FIT = { padding: 0.12, maxZoom: 1 };
const NOWHERE: ReadonlyMap<string, Place> = new Map();

/** Stages and connections as they are drawn, to be moved, connected and added to. */
export const DesignCanvas = () => (
  <ReactFlowProvider>
    <Drawing />
  </ReactFlowProvider>
);

/** A list that is made from the one before: what stayed the same in it is the same, and the list where all did. */
const useAgain = <T,>(make: (before: readonly T[]) => T[]): T[] => {
  const last = useRef<T[]>([]);
  return useMemo(() => {
    const next = make(last.current);
    const isSame = next.length === last.current.length && next.every((each, index) => each === last.current[index]);
    if (!isSame) last.current = next;
    return last.current;
  }, [make]);
};

const Drawing = () => {
  const { t } = useText();
  const scheme = useScheme();
  const { document, state, operators, findings, mayDesign, edit, select, ask, say } = useDesign();
  const [dragged, setDragged] = useState(NOWHERE);
  const flow = useRef<ReactFlowInstance<DesignNodeType, DesignEdgeType>>(null);
  const { selection } = state;
  const nodes = useAgain<DesignNodeType>(
    useCallback(
      (before) => nodesOf({ document, operators, findings, selection, dragged }, before),
      [document, operators, findings, selection, dragged],
    ),
  );
  const edges = useAgain<DesignEdgeType>(useCallback((before) => edgesOf(document, before), [document]));
  const lastEdit = state.history.past.at(-1)?.edit;
  const layouts = lastEdit === 'layout' ? state.history.past.length : 0;
  const size = useStore(({ width, height }) => `${width} ${height}`);
  // What came or was arranged anew may lie outside of what is shown, and so does what was at the edge of a larger canvas.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only then; whoever looks elsewhere is left there
  useEffect(() => {
    const frame = requestAnimationFrame(() => void flow.current?.fitView(FIT));
    return () => cancelAnimationFrame(frame);
  }, [nodes.length, layouts, size]);

  const onNodesChange = (changes: readonly NodeChange<DesignNodeType>[]): void => {
    const places = new Map(dragged);
    const chosen = new Set(state.selection);
    let isDragging = false;
    for (const change of changes) {
      if (change.type === 'select') change.selected ? chosen.add(change.id) : chosen.delete(change.id);
      if (change.type !== 'position' || change.position === undefined || !mayDesign) continue;
      places.set(change.id, change.position);
      isDragging ||= change.dragging === true;
    }
    select([...chosen]);
    if (isDragging) setDragged(places);
    else if (places.size > 0) {
      setDragged(NOWHERE);
      edit('move', moveStages(document, places), { about: `move ${[...places.keys()].join(' ')}` });
    }
  };
  const problemOf = ({
    source,
    sourceHandle,
    target,
  }: {
    source: string;
    sourceHandle?: string | null;
    target: string;
  }) => connectionProblem(document, outputOfHandle(source, sourceHandle), target);
  const placeOfEvent = ({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): Place =>
    flow.current?.screenToFlowPosition({ x: clientX, y: clientY }) ?? { x: 0, y: 0 };
  const { over, onMove, onMoved, ...drop } = useEdgeDrop(edges, placeOfEvent);
  const onConnectEnd = (event: MouseEvent | TouchEvent, from: Output, handleOf: string | undefined): void => {
    const place = 'clientX' in event ? placeOfEvent(event) : undefined;
    // Let go over a stage, though not over its handle: that stage is meant.
    const [under] =
      place === undefined ? [] : (flow.current?.getIntersectingNodes({ ...place, width: 1, height: 1 }) ?? []);
    const to = handleOf ?? under?.id;
    if (to === undefined) {
      if (place !== undefined) ask({ kind: 'behind', from, place });
      return;
    }
    const problem = connectionProblem(document, from, to);
    const stage = stageOf(document, to);
    if (problem === undefined) edit('connect', connect(document, from, to));
    else if (to !== from.stage) say(`${stage === undefined ? to : labelOf(stage)}: ${t(`design.problem.${problem}`)}`);
  };
  const shownEdges = useMemo(
    () =>
      over === undefined
        ? edges
        : edges.map((edge) =>
            edge.id === over.edge ? { ...edge, className: (over.fits ? styles.over : styles.overWrong) ?? '' } : edge,
          ),
    [edges, over],
  );

  return (
    <section className={`${look.canvas} ${styles.canvas}`} aria-label={t('design.canvas')} {...drop}>
      <ReactFlow
        nodes={nodes}
        edges={shownEdges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        colorMode={scheme}
        nodesDraggable={mayDesign}
        nodesConnectable={mayDesign}
        edgesFocusable={false}
        deleteKeyCode={null}
        multiSelectionKeyCode={['Control', 'Meta']}
        onInit={(instance) => {
          flow.current = instance;
        }}
        fitView
        fitViewOptions={FIT}
        minZoom={0.1}
        maxZoom={1.5}
        onlyRenderVisibleElements
        onNodesChange={onNodesChange}
        onNodeDrag={(event, { id }) => 'clientX' in event && onMove(event, id)}
        onNodeDragStop={(event, { id }) => 'clientX' in event && onMoved(event, id)}
        isValidConnection={(connection) => problemOf(connection) === undefined}
        onConnect={({ source, sourceHandle, target }) =>
          edit('connect', connect(document, outputOfHandle(source, sourceHandle), target))
        }
        onConnectEnd={(event, { isValid, fromNode, fromHandle, toNode }) => {
          if (isValid !== true && fromNode !== null && fromHandle?.type === 'source')
            onConnectEnd(event, outputOfHandle(fromNode.id, fromHandle.id), toNode?.id);
        }}
      >
        <Background />
        <Controls showInteractive={false} />
        <ConnectionReason problemOf={problemOf} over={over} />
      </ReactFlow>
    </section>
  );
};
