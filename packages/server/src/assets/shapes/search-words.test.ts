import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { askedWords, searchWords } from './search-words.ts';

/** As the database compares: every word that is asked for begins one of the asset's. */
const isFound = (asked: string, words: readonly string[]): boolean =>
  askedWords(asked).every((word) => words.some((each) => each.startsWith(word)));

test('an asset is found by what begins a word of its id, name, label or tags', () => {
  const words = searchWords({
    assetId: 'WTG00012',
    modelId: 'm',
    name: 'Nordwind-Turbine 华东一号风机',
    label: 'WindSpeed Ärger',
    tags: { site: 'Küste' },
  });
  for (const asked of [
    'wtg',
    'WTG0001',
    '00012',
    '12',
    'nord',
    'turb',
    'TURBINE nord',
    '风机',
    '一号',
    'speed',
    'ärg',
    'küs',
  ])
    assert.ok(isFound(asked, words), asked);
  for (const asked of ['tg00012', 'wind turbine x', 'ordwind', '2', '机风', 'site'])
    assert.ok(!isFound(asked, words), asked);
  assert.ok(words.includes('=site=Küste'));
});

test('nothing is asked for where there is no letter or digit', () => {
  assert.deepEqual(askedWords(' -_::%& '), []);
});

test('whatever an asset is called: it is found by its whole name, and no word is empty', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => {
      const words = searchWords({ assetId: 'a', modelId: 'm', name });
      assert.ok(words.every((word) => word !== ''));
      assert.ok(isFound(name, words));
    }),
  );
});
