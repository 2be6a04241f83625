import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stageSettingsSchema } from '@penstock/engine';
import { isJsonObject, type JsonObject } from '@penstock/model';
import { operators } from '../generated/operators.ts';
import { operatorTitles, schemaInLanguage } from './in-language.ts';
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

test('every text that is said in another language is one of the definitions', () => {
  const all = JSON.stringify([...operators.map(({ config }) => config), stageSettingsSchema]);
  assert.deepEqual(
    Object.keys(zh.texts).filter((text) => !all.includes(JSON.stringify(text))),
    [],
  );
  const ids = operators.map(({ id }) => id);
  assert.deepEqual(
    Object.keys(zh.operators).filter((id) => !ids.includes(id)),
    [],
  );
});
