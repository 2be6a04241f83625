import { Graph as LayoutGraph, layout } from '@dagrejs/dagre';
import type { Graph } from './graph.ts';

/** Size of a drawn stage, as in the style sheet. */
export const STAGE_SIZE = { width: 208, height: 92 } as const;
/** What stands on an edge; the layout keeps room for it. */
const LABEL = { width: 124, height: 22, labelpos: 'c' } as const;
const BETWEEN_LAYERS = 24;
const BETWEEN_STAGES = 40;

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** How an edge goes: around the stages it does not lead to, and where there is room for its figures. */
export interface Way {
  readonly points: readonly Place[];
  readonly label: Place;
}

export interface Layout {
  /** Upper left corners, by stage. */
  readonly places: ReadonlyMap<string, Place>;
  readonly ways: ReadonlyMap<string, Way>;
}

/** Where each stage is drawn and how edges go: layers from left to right. */
export const layoutOf = ({ stages, edges }: Graph): Layout => {
  const graph = new LayoutGraph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', ranksep: BETWEEN_LAYERS, nodesep: BETWEEN_STAGES });
  for (const { id } of stages) graph.setNode(id, { ...STAGE_SIZE });
  for (const { id, from, to } of edges) graph.setEdge(from, to, { ...LABEL }, id);
  layout(graph);
  const places = stages.map(({ id }) => {
    const { x, y } = graph.node(id);
    return [id, { x: x - STAGE_SIZE.width / 2, y: y - STAGE_SIZE.height / 2 }] as const;
  });
  const ways = edges.map(({ id, from, to }) => {
    const { points, x, y } = graph.edge(from, to, id);
    return [id, { points: points.map((point: Place) => ({ x: point.x, y: point.y })), label: { x, y } }] as const;
  });
  return { places: new Map(places), ways: new Map(ways) };
};

/** A line through points, rounded where it bends. SVG. */
export const pathThrough = (points: readonly Place[]): string => {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? point;
    const isLast = index === rest.length - 2;
    const end = isLast ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q ${point.x} ${point.y} ${end.x} ${end.y}`;
  });
  const last = rest.at(-1);
  const straight = bends.length === 0 && last !== undefined ? [`L ${last.x} ${last.y}`] : bends;
  return [`M ${first.x} ${first.y}`, ...straight].join(' ');
};
