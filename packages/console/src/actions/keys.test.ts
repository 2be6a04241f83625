import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Action, matchActions } from './action.ts';
import { keyCaps, matchKeys, nameOfPress } from './keys.ts';

const press = (key: string, more: object = {}) =>
  nameOfPress({ key, ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...more });

test('a key has one name on every keyboard, and none while it is held', () => {
  assert.equal(press('g'), 'G');
  assert.equal(press('?'), '?');
  assert.equal(press('k', { ctrlKey: true }), 'Mod+K');
  assert.equal(press('k', { metaKey: true }), 'Mod+K');
  assert.equal(press('Z', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+Z');
  assert.equal(press('k', { repeat: true }), undefined);
  assert.equal(press('Shift'), undefined);
});

test('a sequence is found when its last key comes, and forgotten when another does', () => {
  const shortcuts = ['G P', 'G D', '/', 'Mod+K'];
  assert.deepEqual(matchKeys(shortcuts, '', 'G'), { pending: 'G' });
  assert.deepEqual(matchKeys(shortcuts, 'G', 'D'), { found: 'G D', pending: '' });
  assert.deepEqual(matchKeys(shortcuts, 'G', 'X'), { pending: '' });
  assert.deepEqual(matchKeys(shortcuts, 'G', '/'), { found: '/', pending: '' });
  assert.deepEqual(matchKeys(shortcuts, 'G', 'G'), { pending: 'G' });
});

test('keys are shown as they are written on the keyboard', () => {
  assert.deepEqual(keyCaps('Mod+K', true), [['⌘', 'K']]);
  assert.deepEqual(keyCaps('G P', false), [['G'], ['P']]);
});

test('an action is found by any of its words', () => {
  const action = (id: string, keywords: string[]): Action => ({
    id,
    group: 'go',
    label: 'nav.pipelines',
    keywords,
    run: () => {},
  });
  const actions = [action('a', ['list', '管道']), action('b', ['failed'])];
  const ids = (query: string) => matchActions(actions, query, ({ id }) => `Go to ${id}`).map(({ id }) => id);
  assert.deepEqual(ids(''), ['a', 'b']);
  assert.deepEqual(ids('go FAIL'), ['b']);
  assert.deepEqual(ids('管道'), ['a']);
  assert.deepEqual(ids('nothing'), []);
});
