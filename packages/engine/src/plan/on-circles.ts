/**
 * Nodes that lie on a circle or lead to one. `leadsTo`: where each node leads; what is no key of it leads nowhere. What
 * leads to nothing that is left is taken away, again and again, until the circles are left, with what leads to them.
 */
export const onCircles = (leadsTo: ReadonlyMap<string, Iterable<string>>): ReadonlySet<string> => {
  const left = new Set(leadsTo.keys());
  const cameFrom = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const [node, targets] of leadsTo) {
    const own = [...targets].filter((target) => left.has(target));
    open.set(node, own.length);
    for (const target of own) {
      const known = cameFrom.get(target);
      if (known === undefined) cameFrom.set(target, [node]);
      else known.push(node);
    }
  }
  const ending = [...left].filter((node) => open.get(node) === 0);
  for (let node = ending.pop(); node !== undefined; node = ending.pop()) {
    left.delete(node);
    for (const before of cameFrom.get(node) ?? []) {
      const remaining = (open.get(before) ?? 0) - 1;
      open.set(before, remaining);
      if (remaining === 0) ending.push(before);
    }
  }
  return left;
};
