import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stageSettingsSchema } from '@penstock/engine';
import { isJsonObject, type JsonObject } from '@penstock/model';
import { operators } from '../generated/operators.ts';
import { titlesOfOperators } from '../generated/titles.ts';
import { operatorTitles, schemaInLanguage, TITLE_LANGUAGES, textsOfForm } from './in-language.ts';
import { zh } from './zh.ts';

const json = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value));

test('titles of operators and fields are said in a language, and what counts stays as it was', () => {
  const window = operators.find(({ id }) => id === 'fixed-time-window-aggregator');
  assert.ok(window);
  const titles = operatorTitles(window, 'zh');
  assert.equal(titles.label, '固定时间窗口聚合');
  assert.ok(titles.keywords.includes('平均') && titles.keywords.includes(window.label));
  const schema = json(window.config);
  const said = schemaInLanguage(schema, 'zh');
  const latency = isJsonObject(said.properties) ? said.properties.latency : undefined;
  assert.ok(isJsonObject(latency) && isJsonObject(latency.ui));
  assert.deepEqual([latency.title, latency.ui.unit, latency.ui.group], ['延迟（分钟）', '分钟', '触发配置']);
  const shape = (value: JsonObject) =>
    JSON.stringify(value, (key, inner) => (/title|ui/.test(key) ? undefined : inner));
  assert.equal(shape(said), shape(schema));
});

test('English is what the definitions say', () => {
  for (const definition of operators) {
    assert.equal(operatorTitles(definition, 'en').label, definition.label);
    assert.deepEqual(schemaInLanguage(json(definition.config), 'en'), json(definition.config));
  }
});

/** Texts that are the same in every language. */
const NAMES = new Set(['Kafka', 'assetId', 'JavaScript', 'Python', 'MiB']);

test('every operator and every text of its form is said in every language', () => {
  for (const definition of operators) {
    for (const language of TITLE_LANGUAGES.filter((each) => each !== 'en')) {
      assert.notEqual(operatorTitles(definition, language).summary, definition.summary, definition.id);
      const form = json(definition.config);
      const said = textsOfForm(schemaInLanguage(form, language));
      const unsaid = [...textsOfForm(form)].filter((text) => said.has(text) && !NAMES.has(text));
      assert.deepEqual(unsaid, [], `${definition.id} in ${language}`);
    }
  }
});

test('every text that is said in another language is one of the definitions', () => {
  const all = JSON.stringify([...operators.map(({ config }) => config), stageSettingsSchema]);
  assert.deepEqual(
    Object.keys({ ...titlesOfOperators.zh.texts, ...zh }).filter((text) => !all.includes(JSON.stringify(text))),
    [],
  );
});
