import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GROWTH_TEXTS } from './growth-texts.ts';

test('what grows is told in every language, with its bound where the settings do not say it', () => {
  const { en, zh } = GROWTH_TEXTS;
  assert.deepEqual(Object.keys(zh).toSorted(), Object.keys(en).toSorted());
  for (const [name, { what, by }] of Object.entries(en)) {
    assert.match(zh[name]?.what ?? '', /\p{Script=Han}/u, `${name}: ${what}`);
    assert.equal(zh[name]?.by === undefined, by === undefined, `${name}: ${by}`);
    // Names of settings are the same in every language.
    const settings = (text = ''): readonly string[] => (text.match(/PENSTOCK_\w+/g) ?? []).toSorted();
    assert.deepEqual(settings(zh[name]?.by), settings(by), name);
  }
});
