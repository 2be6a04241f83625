import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CATALOGUES, createTranslate, LOCALES, preferredLocale } from './translate.ts';

const namesIn = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name)).sort();

test('every language has every text, with the same names to fill in', () => {
  for (const locale of LOCALES) {
    assert.deepEqual(Object.keys(CATALOGUES[locale]).sort(), Object.keys(CATALOGUES.en).sort());
    for (const [key, text] of Object.entries(CATALOGUES.en)) {
      const other: string = (CATALOGUES[locale] as Readonly<Record<string, string>>)[key] ?? '';
      assert.notEqual(other.trim(), '', `${locale} ${key}`);
      assert.deepEqual(namesIn(other), namesIn(text), `${locale} ${key}`);
    }
  }
});

test('a text that is not a name or a short figure is not English in Chinese', () => {
  const same = Object.entries(CATALOGUES.zh).filter(
    ([key, text]) => !/\p{Script=Han}/u.test(text) && key !== 'app.name' && !/^[{}\w\s/]*$/.test(text),
  );
  assert.deepEqual(same, []);
});

test('every text is used, and no component has texts of its own', () => {
  const folder = dirname(dirname(fileURLToPath(import.meta.url)));
  const sources = globSync('**/*.{ts,tsx}', { cwd: folder })
    .filter((file) => !file.startsWith('messages/') && !file.includes('.test.'))
    .map((file) => [file, readFileSync(`${folder}/${file}`, 'utf8')] as const);
  const all = sources.map(([, text]) => text).join('\n');
  // Some keys are put together: `state.${state}`.
  const composed = [...all.matchAll(/\(`([\w.]+\.)\$\{[^}]+\}([\w.]*)`/g)].map(
    ([, before, behind]) => new RegExp(`^${before}[\\w -]+${behind}$`),
  );
  const unused = Object.keys(CATALOGUES.en).filter(
    (key) => !all.includes(`'${key}'`) && !all.includes(`"${key}"`) && !composed.some((pattern) => pattern.test(key)),
  );
  assert.deepEqual(unused, []);
  for (const [file, text] of sources.filter(([name]) => name.endsWith('.tsx'))) {
    const own = [...text.matchAll(/(?:aria-label|title|placeholder|alt)="([^"]+)"/g)].map(([whole]) => whole);
    assert.deepEqual(own, [], file);
  }
});

test('names are filled in, and what is not given stays to be seen', () => {
  assert.equal(createTranslate('en')('pipelines.count', { shown: 3, total: '12' }), '3 of 12');
  assert.equal(createTranslate('zh')('live.lastUpdate', { time: '2 秒' }), '2 秒前更新');
});

test('the language is that of the browser where it is one of ours, else English', () => {
  assert.equal(preferredLocale(['zh-CN', 'en']), 'zh');
  assert.equal(preferredLocale(['de-DE', 'en-US', 'zh']), 'en');
  assert.equal(preferredLocale(['fr']), 'en');
  assert.equal(preferredLocale([]), 'en');
});
