import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineReference, References } from '@penstock/engine';
import type { ReferenceReply, ReferenceRequest, RunEvent } from '@penstock/model';
import { RunReferences } from './run-references.ts';

const list = defineReference<readonly string[]>({
  name: 'list',
  version: 3,
  decode: (data) => {
    if (!Array.isArray(data)) throw new Error('no list');
    return data.map(String);
  },
  describe: (items) => items.join(),
});

/** A service that tests change, and a thread that asks it. */
const thread = () => {
  const asked: ReferenceRequest[] = [];
  const told: string[] = [];
  const service = {
    revision: 1,
    data: ['a'] as ReferenceReply['data'],
    isAway: false,
    change: (data: ReferenceReply['data']) => {
      service.revision += 1;
      service.data = data;
    },
  };
  const held = new References([{ definition: list }]);
  const references = new RunReferences({
    held,
    clock: { now: () => 5 },
    ask: async (request) => {
      asked.push(request);
      if (service.isAway) throw new Error('nobody is there');
      const stamp = `s${service.revision}`;
      const isKnown = request.known === stamp;
      return { revision: service.revision, stamp, ...(isKnown ? {} : { data: service.data as never }) };
    },
    onEvent: ({ at, severity, code, message }: RunEvent) => told.push(`${at} ${severity} ${code}: ${message}`),
  });
  return { service, asked, told, held, references, value: () => [...(held.values.get(list)?.values() ?? [])][0] };
};

const inUse = (revision: number, items: string): string =>
  `5 info REFERENCE_IN_USE: Reference data "list": revision ${revision} (${items}) is in use from the next batch on.`;

test('all of it is brought before a task begins, with one question for all tasks of the thread', async () => {
  const { references, asked, told, value } = thread();
  await Promise.all([references.complete(), references.complete()]);
  await references.complete();
  assert.deepEqual(asked, [{ name: 'list', version: 3 }]);
  assert.deepEqual([value(), told], [['a'], [inUse(1, 'a')]]);
});

test('while nobody answers, who begins is told so, and can try again', async () => {
  const { references, service, value } = thread();
  service.isAway = true;
  await assert.rejects(references.complete(), {
    code: 'REFERENCE_UNREACHABLE',
    retryable: true,
    message: 'The reference data "list" could not be asked for: nobody is there',
  });
  await references.refresh();
  assert.equal(value(), undefined);
  service.isAway = false;
  await references.complete();
  assert.deepEqual(value(), ['a']);
});

test('what has changed is taken over and told, what has not is not sent again', async () => {
  const { references, service, asked, told, value } = thread();
  await references.complete();
  await references.refresh();
  service.change(['a', 'b']);
  await references.refresh();
  await references.refresh();
  assert.deepEqual(
    asked.map(({ known }) => known),
    [undefined, 's1', 's1', 's2'],
  );
  assert.deepEqual(
    [value(), told],
    [
      ['a', 'b'],
      [inUse(1, 'a'), inUse(2, 'a,b')],
    ],
  );
});

test('while nobody answers what is there stays, without a word', async () => {
  const { references, service, told, value } = thread();
  await references.complete();
  service.change(['b']);
  service.isAway = true;
  await references.refresh();
  await references.complete();
  assert.deepEqual([value(), told.length], [['a'], 1]);
  service.isAway = false;
  await references.refresh();
  assert.deepEqual(value(), ['b']);
});

test('what cannot be read is told once, and what is there stays', async () => {
  const { references, service, told, value } = thread();
  await references.complete();
  service.change({ no: 'list' });
  await references.refresh();
  await references.refresh();
  assert.deepEqual(value(), ['a']);
  assert.deepEqual(told.slice(1), [
    '5 warning REFERENCE_NOT_VALID: Revision 2 of the reference data "list" cannot be read: no list Stages go on with what they have.',
  ]);
  service.change(['c']);
  await references.refresh();
  assert.deepEqual(value(), ['c']);
});
