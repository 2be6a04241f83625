import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findCircles, type TreeEdge } from './tree-shape.ts';

const edge = (assetId: string, parentId: string | null): TreeEdge => ({ assetId, parentId });

test('a circle is found once, from the first that leads into it', () => {
  const edges = [edge('a', 'b'), edge('b', 'c'), edge('c', 'b'), edge('d', 'a'), edge('e', 'e'), edge('f', null)];
  assert.deepEqual(findCircles(edges, ['f', 'd', 'a', 'b', 'e']), ['d', 'e']);
  assert.deepEqual(findCircles([edge('a', 'gone')], ['a']), []);
});

test('whatever is below whatever: a circle is found exactly where a way up never ends', () => {
  const anyEdges = fc
    .array(fc.option(fc.nat(15)), { maxLength: 15 })
    .map((parents) => parents.map((parent, index) => edge(`a${index}`, parent === null ? null : `a${parent}`)));
  fc.assert(
    fc.property(anyEdges, fc.array(fc.nat(14)), (edges, starts) => {
      const parentOf = new Map(edges.map(({ assetId, parentId }) => [assetId, parentId]));
      const ends = (start: string): boolean => {
        let at: string | null | undefined = start;
        for (let steps = 0; steps <= edges.length + 1; steps += 1) {
          if (at === null || at === undefined) return true;
          at = parentOf.get(at);
        }
        return false;
      };
      const asked = starts.map((index) => `a${index}`);
      const circles = findCircles(edges, asked);
      assert.equal(
        circles.length > 0,
        asked.some((start) => !ends(start)),
      );
      assert.ok(circles.every((start) => asked.includes(start) && !ends(start)));
      assert.equal(new Set(circles).size, circles.length);
    }),
  );
});
