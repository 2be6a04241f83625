import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Arrangement, beginsWithArray, isSequence, MessageValues } from './message-values.ts';

interface Found {
  readonly texts: string[];
  readonly fault: string | undefined;
  readonly rest: string | undefined;
}

/** In the middle of other bytes, as a message stands in a batch. */
const split = (message: string | Buffer, arrangement: Arrangement): Found => {
  const value = Buffer.from(message);
  const bytes = Buffer.concat([Buffer.from('{"'), value, Buffer.from(' ]},"')]);
  const values = new MessageValues(bytes, 2, 2 + value.length, arrangement);
  const texts: string[] = [];
  let rest: string | undefined;
  while (values.next()) {
    const text = bytes.toString('utf8', values.start, values.end);
    if (values.fault === undefined) texts.push(text);
    else rest = text;
  }
  return { texts, fault: values.fault, rest };
};

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const sequenceIn = (text: string): boolean => {
  const bytes = Buffer.from(`${text}{}`);
  return isSequence(bytes, 0, bytes.length - 2);
};

const blanks = fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\r'), maxLength: 3 });
const texts = fc.array(
  fc
    .tuple(
      fc.json({
        stringUnit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', 'a', 'ü', '\u{1f600}', '\ufeff', '\n'),
      }),
      fc.boolean(),
    )
    .map(([json, isWide]) => (isWide ? JSON.stringify(JSON.parse(json), null, 1) : json)),
  { maxLength: 6 },
);
/** Pieces of which something like JSON is put together, seldom JSON itself. */
const scraps = fc.string({
  unit: fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    ',',
    ':',
    ' ',
    '1',
    '-',
    'true',
    '\0',
    '"a"',
    '{"a":1}',
    '\ufeff',
    'ü',
  ),
  maxLength: 14,
});

describe('the values of a message', () => {
  test('are the items of its array, byte for byte', () => {
    fc.assert(
      fc.property(texts, blanks, blanks, (items, before, behind) => {
        const message = `${before}[${items.map((item) => before + item + behind).join(',')}${behind}]${behind}`;
        assert.deepEqual(split(message, 'array'), { texts: items, fault: undefined, rest: undefined });
        const bytes = Buffer.from(message);
        assert.ok(beginsWithArray(bytes, 0, bytes.length));
      }),
    );
  });

  test('are the objects that stand one after the other, byte for byte', () => {
    const objects = texts.map((items) => items.map((item, index) => `{"${index}":${item}}`));
    fc.assert(
      fc.property(objects, blanks, (items, between) => {
        const message = between + items.join(between) + between;
        assert.deepEqual(split(message, 'sequence'), { texts: items, fault: undefined, rest: undefined });
        assert.equal(sequenceIn(message), items.length > 1);
      }),
    );
  });

  test('come without a fault exactly where JSON.parse takes the array', () => {
    fc.assert(
      fc.property(scraps, (scrap) => {
        const message = `[${scrap}]`;
        const { texts, fault } = split(message, 'array');
        assert.equal(fault === undefined && texts.every(parses), parses(message), message);
        if (parses(message))
          assert.deepEqual(
            texts.map((text): unknown => JSON.parse(text)),
            JSON.parse(message),
          );
      }),
      { numRuns: 2000 },
    );
  });

  test('leave nothing out and have nothing twice, whatever the message is', () => {
    fc.assert(
      fc.property(scraps, fc.constantFrom<Arrangement>('array', 'sequence'), (scrap, arrangement) => {
        const message = arrangement === 'array' ? `[${scrap}` : `{${scrap}`;
        const { texts, rest } = split(message, arrangement);
        const between = arrangement === 'array' ? /^[ \n\t\r[\],]*$/ : /^[ \n\t\r]*$/;
        let at = 0;
        for (const text of [...texts, ...(rest === undefined ? [] : [rest])]) {
          const found = message.indexOf(text, at);
          assert.match(message.slice(at, found), between);
          at = found + text.length;
        }
        assert.match(message.slice(at), between);
      }),
      { numRuns: 2000 },
    );
  });

  test('end where the message is broken, and the rest stays together', () => {
    const cases: [string, Arrangement, string[], string, RegExp][] = [
      ['[{"a":1},]', 'array', ['{"a":1}'], ',]', /from byte 8 on, .* no value follows a comma/],
      ['[{"a":1},,{"b":1}]', 'array', ['{"a":1}'], ',,{"b":1}]', /no value follows a comma/],
      ['[{"a":1} {"b":1}]', 'array', ['{"a":1}'], '{"b":1}]', /a comma or "\]" is missing/],
      ['[{"a":1},{"b":"]', 'array', ['{"a":1}'], '{"b":"]', /does not begin or end/],
      ['[{"a":1}', 'array', ['{"a":1}'], '', /a comma or "\]" is missing/],
      ['[', 'array', [], '', /the array does not end/],
      ['[{"a":1}] x', 'array', ['{"a":1}'], 'x', /something follows the array/],
      ['{"a":1}{"b":1}}', 'sequence', ['{"a":1}', '{"b":1}'], '}', /does not begin or end/],
      ['{"a":1}{"b":1},{"c":1}', 'sequence', ['{"a":1}', '{"b":1}'], ',{"c":1}', /does not begin or end/],
      ['{"a":1]{"b":1}', 'sequence', [], '{"a":1]{"b":1}', /does not begin or end/],
    ];
    for (const [message, arrangement, texts, rest, fault] of cases) {
      const found = split(message, arrangement);
      assert.deepEqual([found.texts, found.rest], [texts, rest], message);
      assert.match(found.fault ?? '', fault);
    }
  });

  test('a value that is no JSON does not take its neighbours with it', () => {
    assert.deepEqual(split('[{"a":},{"b":[}},nul,{"c":1}]', 'array').texts, ['{"a":}', '{"b":[}}', 'nul', '{"c":1}']);
    assert.deepEqual(split('{"a":}{"b":1} 5 [] {}', 'sequence').texts, ['{"a":}', '{"b":1}', '5', '[]', '{}']);
  });

  test('an object with something else behind it is no sequence', () => {
    for (const message of [
      '{"a":1}',
      '{"a":1}}',
      '{"a":1} x',
      '{"a":1},{"b":1}',
      '\ufeff{}{}',
      '{"a":1',
      '',
      ' ',
      '5 {}',
    ])
      assert.equal(sequenceIn(message), false, message);
  });
});
