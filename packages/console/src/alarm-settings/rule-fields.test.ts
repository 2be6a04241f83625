import '../testing/load-components.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmReceiver, AlarmSettings } from '@penstock/client/session';
import { createElement } from 'react';
import { Rendered } from '../testing/rendered.ts';

const { RuleFields } = await import('./rule-fields.tsx');
const { ReceiverChoice } = await import('./receiver-choice.tsx');

const fields = (settings: AlarmSettings) => new Rendered(createElement(RuleFields, { settings, onChange: () => {} }));

test('a rule that watches nothing shows only how to switch it on', () => {
  const off = fields({ receivers: [] });
  assert.equal(off.all('checkbox').length, 3);
  assert.equal(off.all('textbox').length, 0);
  const on = fields({ receivers: [], status: { states: ['PAUSED'], forMinutes: 3 }, progress: { forMinutes: 5 } });
  assert.equal(on.all('checkbox').length, 13);
  assert.equal(on.all('textbox', 'For so many minutes').length, 2);
});

test('a receiver that is named and not there any more can be taken out', () => {
  const receiver: AlarmReceiver = {
    receiverId: 'r1',
    name: 'Night',
    kind: 'email',
    address: 'a@b.c',
    language: 'en',
    createdAt: 1,
    testedAt: null,
  };
  const shown = new Rendered(
    createElement(ReceiverChoice, { receivers: [receiver], chosen: ['r1', 'gone'], onChange: () => {} }),
  );
  assert.match(shown.text, /Night · a@b\.c/);
  assert.match(shown.text, /gone \(is not there any more\)/);
  assert.equal(shown.all('checkbox').length, 2);
});
