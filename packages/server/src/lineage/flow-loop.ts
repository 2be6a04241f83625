import { onCircles, type TopicFlow } from '@penstock/engine';

/** A released pipeline, or one that is to be. */
export interface FlowingPipeline {
  readonly name: string;
  readonly flows: readonly TopicFlow[];
}

/** One pipeline on the way round: what it writes, and where. */
export interface LoopStep {
  readonly pipeline: string;
  readonly topic: string;
  /** Undefined: any that no pipeline speaks of. */
  readonly point: string | undefined;
}

/** A point as it stands in a topic, read and written by one pipeline under this or another name. */
interface Edge {
  readonly pipeline: number;
  readonly to: string;
}

/** Any point that no flow speaks of. */
const ANY_OTHER = '*';

const nodeOf = (topic: string, point: string): string => JSON.stringify([topic, point]);

/**
 * The way on which records of `added` come back to it through others, beginning with `added`; undefined where there is
 * none. Circles within one pipeline are not looked for.
 */
export const findLoop = (
  added: FlowingPipeline,
  others: readonly FlowingPipeline[],
): readonly LoopStep[] | undefined => {
  const all = [added, ...others];
  const edges = circlesIn(edgesOf(all));
  const begins = [...edges].filter(([, leaving]) => leaving.some(({ pipeline }) => pipeline === 0));
  for (const [node] of begins) {
    const way = wayRound(node, edges);
    if (way !== undefined) return way.map(({ pipeline, to }) => stepOf(all[pipeline] as FlowingPipeline, to));
  }
  return undefined;
};

const stepOf = ({ name }: FlowingPipeline, node: string): LoopStep => {
  const [topic, point] = JSON.parse(node) as [string, string];
  return { pipeline: name, topic, point: point === ANY_OTHER ? undefined : point };
};

const edgesOf = (all: readonly FlowingPipeline[]): ReadonlyMap<string, readonly Edge[]> => {
  const named = new Set([ANY_OTHER]);
  for (const { flows } of all)
    for (const { points } of flows)
      for (const { point, madeOf } of points === 'everything' ? [] : points)
        for (const one of [point, ...madeOf]) named.add(one);
  const edges = new Map<string, Edge[]>();
  const add = (from: string, to: string, pipeline: number): void => {
    const leaving = edges.get(from);
    if (leaving === undefined) edges.set(from, [{ pipeline, to }]);
    else leaving.push({ pipeline, to });
  };
  for (const [pipeline, { flows }] of all.entries())
    for (const { from, to, points } of flows)
      if (points === 'everything') for (const point of named) add(nodeOf(from, point), nodeOf(to, point), pipeline);
      else
        for (const { point, madeOf } of points)
          for (const one of madeOf) add(nodeOf(from, one), nodeOf(to, point), pipeline);
  return edges;
};

/** Without what leads to no circle. */
const circlesIn = (edges: ReadonlyMap<string, readonly Edge[]>): ReadonlyMap<string, readonly Edge[]> => {
  const left = onCircles(new Map([...edges].map(([from, own]) => [from, own.map(({ to }) => to)])));
  return new Map(
    [...edges].flatMap(([from, own]): [string, Edge[]][] =>
      left.has(from) ? [[from, own.filter(({ to }) => left.has(to))]] : [],
    ),
  );
};

/**
 * The shortest way from a node, first through the added pipeline, back to the node, that passes another one. What is
 * looked at is a place together with whether another pipeline was passed on the way to it.
 */
const wayRound = (start: string, edges: ReadonlyMap<string, readonly Edge[]>): readonly Edge[] | undefined => {
  const cameBy = new Map<string, { readonly edge: Edge; readonly before: string | undefined }>();
  const open: { readonly node: string; readonly passedOther: boolean; readonly key: string | undefined }[] = [
    { node: start, passedOther: false, key: undefined },
  ];
  for (let at = 0; at < open.length; at++) {
    const { node, passedOther, key: before } = open[at] as (typeof open)[number];
    for (const edge of edges.get(node) ?? []) {
      if (at === 0 && edge.pipeline !== 0) continue;
      const passes = passedOther || edge.pipeline !== 0;
      const key = `${passes ? 1 : 0}${edge.to}`;
      if (cameBy.has(key)) continue;
      cameBy.set(key, { edge, before });
      if (passes && edge.to === start) return wayTo(key, cameBy);
      open.push({ node: edge.to, passedOther: passes, key });
    }
  }
  return undefined;
};

const wayTo = (
  last: string,
  cameBy: ReadonlyMap<string, { readonly edge: Edge; readonly before: string | undefined }>,
): Edge[] => {
  const way: Edge[] = [];
  for (let key: string | undefined = last; key !== undefined; ) {
    const came: { readonly edge: Edge; readonly before: string | undefined } | undefined = cameBy.get(key);
    if (came === undefined) break;
    way.unshift(came.edge);
    key = came.before;
  }
  return way;
};
