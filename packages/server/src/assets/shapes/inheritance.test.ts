import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  checkInheritance,
  descendantsOf,
  lineageOf,
  MAX_MODEL_DEPTH,
  type ModelHead,
  modelIdPathOf,
} from './inheritance.ts';
import { Problems } from './problems.ts';

const model = (modelId: string, parentId: string | null, ...pointIds: string[]): ModelHead => ({
  modelId,
  parentId,
  pointIds,
});
const byId = (...models: ModelHead[]) => new Map(models.map((each) => [each.modelId, each]));
const problemsOf = (models: ReadonlyMap<string, ModelHead>): [code: string, path: string][] => {
  const problems = new Problems();
  checkInheritance(models, (modelId) => `/${modelId}`, problems);
  return problems.issues.map(({ code, path }) => [code, path]);
};

test('a model has its own points and those of its ancestors, the root first', () => {
  const models = byId(model('leaf', 'middle', 'c'), model('root', null, 'a'), model('middle', 'root', 'b'));
  assert.deepEqual(problemsOf(models), []);
  assert.equal(modelIdPathOf(models, 'leaf'), '/root/middle/leaf');
  assert.deepEqual(
    lineageOf(models, 'leaf').flatMap(({ pointIds }) => pointIds),
    ['a', 'b', 'c'],
  );
  assert.deepEqual([...descendantsOf(models, 'middle')].toSorted(), ['leaf', 'middle']);
});

test('a parent that is missing, a circle and a point that is there already are told where they are', () => {
  assert.deepEqual(problemsOf(byId(model('a', 'nobody'))), [['ASSET_MODEL_UNKNOWN', '/a/parentId']]);
  assert.deepEqual(problemsOf(byId(model('a', 'a'))), [['ASSET_MODEL_CIRCLE', '/a/parentId']]);
  const circle = byId(model('a', 'b'), model('b', 'c'), model('c', 'a'), model('below', 'a'));
  assert.deepEqual(problemsOf(circle), [['ASSET_MODEL_CIRCLE', '/a/parentId']], 'once for all of it');
  const twice = byId(model('root', null, 'power'), model('middle', 'root'), model('leaf', 'middle', 'own', 'power'));
  assert.deepEqual(problemsOf(twice), [['ASSET_POINT_INHERITED', '/leaf/points/1']]);
});

test('a line of models has an end', () => {
  const line = Array.from({ length: MAX_MODEL_DEPTH + 1 }, (_, depth) =>
    model(`m${depth}`, depth === 0 ? null : `m${depth - 1}`),
  );
  assert.deepEqual(problemsOf(byId(...line)), [['ASSET_MODEL_TOO_DEEP', `/m${MAX_MODEL_DEPTH}/parentId`]]);
});

/** Models that inherit from one another anyhow: from any of them, or from one that is not there. */
const anyModels = fc
  .array(fc.record({ parent: fc.option(fc.nat(12)), points: fc.uniqueArray(fc.constantFrom(...'abcdef')) }), {
    maxLength: 12,
  })
  .map((all) =>
    byId(
      ...all.map(({ parent, points }, index) => model(`m${index}`, parent === null ? null : `m${parent}`, ...points)),
    ),
  );

test('whatever inherits from whatever: accepted are exactly the forests in which every point of a model is there once', () => {
  fc.assert(
    fc.property(anyModels, (models) => {
      // An oracle of its own: walk up at most as many steps as there are models.
      const isGood = [...models.values()].every((head) => {
        const points = [...head.pointIds];
        let at = head.parentId;
        for (let steps = 0; at !== null; steps += 1) {
          const parent = models.get(at);
          if (parent === undefined || steps > models.size) return false;
          points.push(...parent.pointIds);
          at = parent.parentId;
        }
        return new Set(points).size === points.length;
      });
      const problems = problemsOf(models);
      assert.equal(problems.length === 0, isGood);
      if (!isGood) return;
      for (const { modelId } of models.values()) {
        const line = lineageOf(models, modelId);
        assert.equal(line[0]?.parentId, null);
        assert.equal(line.at(-1)?.modelId, modelId);
        line.slice(1).forEach((each, index) => {
          assert.equal(each.parentId, line[index]?.modelId);
          assert.ok(descendantsOf(models, each.parentId ?? '').has(modelId));
        });
      }
    }),
  );
});
