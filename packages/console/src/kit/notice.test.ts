import '../testing/load-components.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PenstockError } from '@penstock/client/session';
import { createElement } from 'react';
import { Rendered } from '../testing/rendered.ts';

const { Problem, Queried } = await import('./notice.tsx');

test('what was refused is told with its code, and each part that is wrong with its JSON Pointer', () => {
  const issues = [
    { code: 'FIELD_INVALID', severity: 'error' as const, path: '/settings/host', message: 'No path.' },
    { code: 'FIELD_INVALID', severity: 'error' as const, path: '/settings/port', message: 'Too large.' },
  ];
  const error = new PenstockError('FIELD_INVALID', 'Two fields are wrong.', { status: 400, issues });
  const shown = new Rendered(createElement(Problem, { title: 'Refused.', error }));
  assert.equal(shown.one('alert').text.startsWith('Refused. Two fields are wrong.FIELD_INVALID'), true);
  assert.deepEqual(
    shown.all('listitem').map(({ text }) => text),
    ['/settings/host No path.', '/settings/port Too large.'],
  );
});

test('a problem of one part alone is said once', () => {
  const issues = [{ code: 'FIELD_INVALID', severity: 'error' as const, path: '/password', message: 'Too short.' }];
  const error = new PenstockError('FIELD_INVALID', 'Too short.', { status: 400, issues });
  const shown = new Rendered(createElement(Problem, { title: 'Refused.', error }));
  assert.equal(shown.text.match(/Too short/g)?.length, 1);
  assert.equal(shown.one('listitem').text, '/password');
});

test('what was read stays while it cannot be read again', () => {
  const query = { isError: true, error: new Error('away'), refetch: async () => undefined };
  const children = (data: string) => createElement('h2', null, data);
  const stale = new Rendered(
    createElement(Queried<string>, { query: { ...query, data: 'old' }, failed: 'No.', children }),
  );
  assert.equal(stale.one('heading').text, 'old');
  const none = new Rendered(
    createElement(Queried<string>, { query: { ...query, data: undefined }, failed: 'No.', children }),
  );
  assert.match(none.one('alert').text, /^No\. away/);
  assert.equal(none.all('button', 'Try again').length, 1);
});
