import '../../testing/load-components.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createElement } from 'react';
import { fieldsOf } from '../../document/fields.ts';
import { Rendered } from '../../testing/rendered.ts';

const { SecretField } = await import('./secret-field.tsx');
const { SchemaField } = await import('./schema-field.tsx');

const [password] = fieldsOf({ properties: { password: { type: 'string', title: 'Password' } } });
const [port, tls] = fieldsOf({
  required: ['port'],
  properties: {
    port: { type: 'integer', title: 'Port', description: 'Where it listens.', default: 5432 },
    tls: { enum: ['a', 'b'], title: 'TLS', default: 'b', ui: { options: { a: 'First', b: 'Second' } } },
  },
});
const nothing = (): void => {};

test('a secret that is there is said to stay, until settings change', () => {
  assert.ok(password);
  const base = { field: password, value: undefined, problems: [], onChange: nothing };
  const shown = (isKept: boolean, isAskedAnew: boolean) =>
    new Rendered(createElement(SecretField, { ...base, isKept, isAskedAnew }));
  assert.match(shown(true, false).text, /Left empty, it stays\./);
  assert.match(shown(true, true).text, /give it anew, or take it away/);
  assert.equal(shown(true, false).all('checkbox').length, 1);
  assert.equal(shown(false, true).text, 'Password');
});

test('a setting has its title, its choices, and what is wrong in place of what it is', () => {
  assert.ok(port && tls);
  const right = new Rendered(
    createElement(SchemaField, { field: port, value: undefined, problems: [], onChange: nothing }),
  );
  assert.match(right.text, /Where it listens\./);
  const wrong = new Rendered(
    createElement(SchemaField, { field: port, value: 0, problems: ['Too small.'], onChange: nothing }),
  );
  assert.doesNotMatch(wrong.text, /Where it listens/);
  assert.match(wrong.text, /Too small\./);
  const choice = new Rendered(
    createElement(SchemaField, { field: tls, value: undefined, problems: [], onChange: nothing }),
  );
  assert.deepEqual(
    choice.all('option').map(({ text, isSelected }) => [text, isSelected]),
    [
      ['First', false],
      ['Second', true],
    ],
  );
});
