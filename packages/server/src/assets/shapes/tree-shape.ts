/** An asset in a tree; null: a root of it. */
export interface TreeEdge {
  readonly assetId: string;
  readonly parentId: string | null;
}

/**
 * Assets from which the way up ends in no root but in a circle, one for each circle: the first of `starts` that leads
 * into it. Each asset has one parent in a tree, so every way up is one line. Edges that are missing end a way.
 */
export const findCircles = (edges: readonly TreeEdge[], starts: Iterable<string>): string[] => {
  const parentOf = new Map(edges.map(({ assetId, parentId }) => [assetId, parentId]));
  const done = new Set<string>();
  const circles: string[] = [];
  for (const start of starts) {
    const way = new Set<string>();
    let at: string | null = start;
    while (at !== null && !done.has(at)) {
      if (way.has(at)) {
        circles.push(start);
        break;
      }
      way.add(at);
      at = parentOf.get(at) ?? null;
    }
    for (const passed of way) done.add(passed);
  }
  return circles;
};
