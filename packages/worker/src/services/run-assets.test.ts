import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  AppError,
  type AssetFacts,
  type AssetState,
  type AssetsReply,
  type AssetsRequest,
  MAX_ASSETS_ASKED,
} from '@penstock/model';
import { assetFactsOf } from '@penstock/testkit';
import { RunAssets } from './run-assets.ts';

const factsOf = (assetId: string, name: string): AssetFacts =>
  assetFactsOf({ [assetId]: { modelIdPath: '/m', name } }, assetId) as AssetFacts;

/** A store that tests change, as the service answers for it; it keeps the questions. */
const storeOf = (assets: Record<string, string>) => {
  const asked: AssetsRequest[] = [];
  const changes: (readonly [revision: number, assetId: string])[] = [];
  const store = {
    asked,
    storeId: 's',
    revision: 1,
    isAway: false,
    room: Number.POSITIVE_INFINITY,
    change: (assetId: string, name: string) => {
      assets[assetId] = name;
      changes.push([++store.revision, assetId]);
    },
    answer: (request: AssetsRequest): AssetsReply => {
      const { known, assetIds } = request;
      const found = assetIds.filter((assetId) => Object.hasOwn(assets, assetId));
      return {
        state: { storeId: store.storeId, revision: store.revision },
        changed:
          known === undefined
            ? []
            : known.storeId !== store.storeId
              ? 'all'
              : changes.filter(([revision]) => revision > known.revision).map(([, assetId]) => assetId),
        assets: found.slice(0, store.room).map((assetId) => factsOf(assetId, assets[assetId] ?? '')),
        left: found.slice(store.room),
      };
    },
  };
  const ask = async (request: AssetsRequest): Promise<AssetsReply> => {
    asked.push(request);
    if (store.isAway) throw new Error('connect ECONNREFUSED');
    return store.answer(request);
  };
  const changed: (readonly string[] | 'all')[] = [];
  const runAssets = new RunAssets(ask);
  runAssets.onChanged((ids) => changed.push(ids));
  return { store, runAssets, changed };
};

const nameOf = async (assets: RunAssets, assetId: string): Promise<string | undefined> =>
  (await assets.asset(assetId))?.name;

test('what is asked for at the same time goes in questions of a bounded size, each asset once', async () => {
  const { store, runAssets } = storeOf({ a1: 'one', a450: 'last' });
  const ids = Array.from({ length: 451 }, (_, at) => `a${at}`);
  const found = await Promise.all([...ids, 'a1'].map((assetId) => nameOf(runAssets, assetId)));
  assert.deepEqual(
    found.flatMap((name, at) => (name === undefined ? [] : [[at, name]])),
    [
      [1, 'one'],
      [450, 'last'],
      [451, 'one'],
    ],
  );
  assert.deepEqual(
    store.asked.map(({ assetIds }) => assetIds.length),
    [MAX_ASSETS_ASKED, MAX_ASSETS_ASKED, 51],
  );
});

test('what has no room in a reply is asked for again', async () => {
  const { store, runAssets } = storeOf({ a: 'A', b: 'B', c: 'C' });
  store.room = 1;
  assert.deepEqual(await Promise.all(['a', 'b', 'c', 'd'].map((assetId) => nameOf(runAssets, assetId))), [
    'A',
    'B',
    'C',
    undefined,
  ]);
  assert.deepEqual(
    store.asked.map(({ assetIds }) => assetIds),
    [['a', 'b', 'c', 'd'], ['b', 'c'], ['c']],
  );
});

test('each reply tells what has changed since the one before; nothing is asked before there is anything to change', async () => {
  const { store, runAssets, changed } = storeOf({ a: 'A' });
  await runAssets.refresh();
  assert.deepEqual(store.asked, []);
  await runAssets.asset('a');
  store.change('a', 'A2');
  await runAssets.refresh();
  await runAssets.refresh();
  store.change('b', 'B');
  assert.equal(await nameOf(runAssets, 'b'), 'B');
  assert.deepEqual(changed, [['a'], ['b']]);
  store.storeId = 'another';
  await runAssets.refresh();
  assert.deepEqual(changed.at(-1), 'all');
});

test('replies that overtake each other take nothing back', async () => {
  const { promise: slow, resolve: answerSlow } = Promise.withResolvers<AssetsReply>();
  const known: (number | undefined)[] = [];
  const reply = (revision: number, changed: string[]): AssetsReply => ({
    ...{ state: { storeId: 's', revision }, changed, assets: [], left: [] },
  });
  const replies = [
    Promise.resolve(reply(5, [])),
    slow,
    Promise.resolve(reply(7, ['x'])),
    Promise.resolve(reply(7, [])),
  ];
  const assets = new RunAssets((request) => {
    known.push(request.known?.revision);
    return replies[known.length - 1] ?? slow;
  });
  await assets.asset('a');
  const late = assets.asset('b');
  await setImmediate();
  await assets.asset('c');
  answerSlow(reply(6, ['y']));
  await late;
  await assets.asset('d');
  assert.deepEqual(known, [undefined, 5, 5, 7]);
});

test('of first questions that overtake each other the older reply says from where changes are told', async () => {
  const { promise: slow, resolve: answerSlow } = Promise.withResolvers<AssetsReply>();
  const known: (AssetState | undefined)[] = [];
  const changed: (readonly string[] | 'all')[] = [];
  const reply = (storeId: string, revision: number): AssetsReply => ({
    ...{ state: { storeId, revision }, changed: [], assets: [], left: [] },
  });
  const replies = [slow, Promise.resolve(reply('s', 7))];
  const assets = new RunAssets((request) => {
    known.push(request.known);
    return replies[known.length - 1] ?? Promise.resolve(reply('s', 7));
  });
  assets.onChanged((ids) => changed.push(ids));
  const late = assets.asset('a');
  await setImmediate();
  await assets.asset('b');
  // What was answered for "a" may have changed with revision 7, and nobody has been told.
  answerSlow(reply('s', 6));
  await late;
  await assets.refresh();
  assert.deepEqual([known, changed], [[undefined, undefined, { storeId: 's', revision: 6 }], []]);
});

test('a service that is away is a failure that may pass, of what was asked, and changes wait', async () => {
  const { store, runAssets, changed } = storeOf({ a: 'A' });
  await runAssets.asset('a');
  store.isAway = true;
  store.change('a', 'A2');
  await runAssets.refresh();
  await assert.rejects(
    runAssets.asset('a'),
    (error) => error instanceof AppError && error.code === 'ASSETS_UNREACHABLE' && error.retryable,
  );
  store.isAway = false;
  assert.equal(await nameOf(runAssets, 'a'), 'A2');
  assert.deepEqual(changed, [['a']]);
});

test('no asset is asked for under an id that none can have', async () => {
  const { store, runAssets } = storeOf({});
  for (const assetId of ['', 'x'.repeat(129), '\ud800']) assert.equal(await runAssets.asset(assetId), undefined);
  assert.deepEqual(store.asked, []);
});

test('places, points and assets of a turn go in one question; what had no room is asked for again', async () => {
  const asked: AssetsRequest[] = [];
  const tree = { treeId: 't', name: '', description: '', rootId: 'r', assetIds: ['r'] };
  const runAssets = new RunAssets(async (request) => {
    asked.push(request);
    const { assetIds, places, points } = request;
    return {
      ...{
        state: { storeId: 's', revision: 1 },
        changed: [],
        left: assetIds.length === 0 ? [] : ['a'].slice(asked.length),
      },
      assets: assetIds.map((assetId) => factsOf(assetId, 'A')),
      places: (places ?? [])
        .slice(0, 1)
        .map(({ assetId }, at) => ({ at, trees: assetId === 'wide' ? [] : [tree], isTooMany: assetId === 'wide' })),
      points: (points ?? []).slice(0, 1).map((_question, at) => ({ at, point: null })),
    };
  });
  const tag = { tagKey: 'k', tagValue: 'v', side: 'above' } as const;
  const [asset, above, wide, point, again] = await Promise.all([
    runAssets.asset('a'),
    runAssets.places({ assetId: 'a', ...tag }),
    runAssets.places({ assetId: 'wide', ...tag }).catch((error: unknown) => error),
    runAssets.point({ modelId: 'm', by: 'point', id: 'p' }),
    runAssets.places({ assetId: 'a', ...tag }),
  ]);
  assert.equal(asset?.name, 'A');
  assert.deepEqual([above, again, point], [[tree], [tree], undefined]);
  assert.ok(wide instanceof AppError && wide.code === 'ASSET_NEIGHBOURS_TOO_MANY' && !wide.retryable);
  assert.deepEqual(
    asked.map(({ assetIds, places = [], points = [] }) => [
      assetIds,
      places.map(({ assetId }) => assetId),
      points.length,
    ]),
    [
      [['a'], ['a', 'wide'], 1],
      [[], ['wide'], 0],
    ],
  );
});

test('whoever follows places or points hears of their changes alone', async () => {
  const heard: string[] = [];
  const replies: Partial<AssetsReply>[] = [
    {},
    { changed: ['a'], placesChanged: false, pointsChanged: false },
    { placesChanged: true, pointsChanged: false },
    { changed: 'all', placesChanged: false, pointsChanged: true },
    { changed: 'all' },
  ];
  const runAssets = new RunAssets(async () => ({
    ...{ state: { storeId: 's', revision: 1 }, changed: [], assets: [], left: [] },
    ...replies.shift(),
  }));
  runAssets.onChanged((ids) => heard.push(`assets ${ids}`));
  runAssets.onPlacesChanged(() => heard.push('places'));
  runAssets.onPointsChanged(() => heard.push('points'));
  await runAssets.asset('a');
  for (let left = replies.length; left > 0; left -= 1) await runAssets.refresh();
  // The last is that of a service which does not tell them apart.
  assert.deepEqual(heard, ['assets a', 'places', 'assets all', 'points', 'assets all', 'places', 'points']);
});

test('nothing is asked under ids that nothing can have', async () => {
  const runAssets = new RunAssets(() => Promise.reject(new Error('asked')));
  assert.deepEqual(await runAssets.places({ assetId: '', tagKey: 'k', tagValue: 'v', side: 'below' }), []);
  for (const [modelId, id] of [
    ['', 'p'],
    ['m', ''],
    ['m', 'x'.repeat(129)],
  ] as const)
    assert.equal(await runAssets.point({ modelId, by: 'measurement', id }), undefined);
});
