import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { edited, type History, newHistory, redone, undone } from './history.ts';

const edit = (history: History, document: object, about?: string, at = 0): History =>
  edited(history, { edit: 'option', document: document as never, about, at });

test('what was done is undone and done again, step by step', () => {
  let history = edit(edit(newHistory({ n: 0 }), { n: 1 }), { n: 2 });
  history = undone(history);
  assert.deepEqual([history.present, history.past.length, history.future.length], [{ n: 1 }, 1, 1]);
  assert.deepEqual(redone(history).present, { n: 2 });
  assert.deepEqual(edit(history, { n: 3 }).future, []);
  const start = newHistory({});
  assert.deepEqual([undone(start), redone(start)], [start, start]);
});

test('a burst of typing in one field is one step, and a pause or another field begins the next', () => {
  let history = newHistory({ n: 0 });
  history = edit(history, { n: 1 }, 'label', 0);
  history = edit(history, { n: 2 }, 'label', 500);
  history = edit(history, { n: 3 }, 'label', 1900);
  assert.equal(history.past.length, 1);
  history = edit(history, { n: 4 }, 'other', 2000);
  history = edit(history, { n: 5 }, 'other', 9000);
  assert.equal(history.past.length, 3);
  assert.deepEqual(undone(undone(undone(history))).present, { n: 0 });
});

test('an edit that changed nothing is no step', () => {
  const history = newHistory({ n: 0 });
  assert.equal(edit(history, history.present), history);
});

test('after any edits, as many undos lead to the beginning and as many redos to the end', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', undefined), fc.nat(3000)), { maxLength: 40 }), (edits) => {
      let history = newHistory({ n: -1 });
      let at = 0;
      edits.forEach(([about, pause], n) => {
        at += pause;
        history = edit(history, { n }, about, at);
      });
      const steps = history.past.length;
      let back = history;
      for (let step = 0; step < steps; step++) back = undone(back);
      assert.deepEqual(back.present, { n: -1 });
      let forth = back;
      for (let step = 0; step < steps; step++) forth = redone(forth);
      assert.deepEqual(forth.present, history.present);
    }),
  );
});
