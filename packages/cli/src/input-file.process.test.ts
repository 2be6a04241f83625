import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { readInput } from './input-file.ts';

const bytes = (content: Buffer) => readInput('/', 'file', async () => content);

test('a byte order mark is no part of a text, and says how it is written', async () => {
  assert.equal(await bytes(Buffer.from('\ufeff{"ü":1}')), '{"ü":1}');
  assert.equal(await bytes(Buffer.from('\ufeff{"ü":1}', 'utf16le')), '{"ü":1}');
  assert.equal(await bytes(Buffer.from('\ufeff{"ü":1}', 'utf16le').swap16()), '{"ü":1}');
  await assert.rejects(bytes(Buffer.from([0x7b, 0xff])), /cannot be read/);
});

/** Runs a piece of the module in a process of its own, with something slow and large at its standard input. */
const withInput = async (write: (input: NodeJS.WritableStream) => Promise<void>): Promise<string> => {
  const program = `
    import { readDocument } from ${JSON.stringify(new URL('./input-file.ts', import.meta.url).href)};
    readDocument('/', '-').then((d) => console.log(Object.keys(d).length), (e) => console.log(e.message));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  await write(child.stdin);
  child.stdin.end();
  await ended;
  return out.trim();
};

test('standard input is waited for, however slow and large it is', async () => {
  const large = JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`key ${i}`, 'value'])));
  const answer = await withInput(async (input) => {
    for (const piece of [large.slice(0, 100), large.slice(100, 200_000), large.slice(200_000)]) {
      await new Promise((resolve) => input.write(piece, resolve));
      await new Promise(setImmediate);
    }
  });
  assert.equal(answer, '20000');
});

test('a text that is no JSON is told with line and column, and with the name of what nobody sees', async () => {
  const told = (text: string) => withInput(async (input) => void input.write(text));
  assert.equal(
    await told('{\n "a": \u0001}'),
    '- is not JSON: the character U+0001 is not expected in line 2, column 7.',
  );
  assert.equal(await told('{"a": x}'), '- is not JSON: "x" (U+0078) is not expected in line 1, column 7.');
  assert.equal(await told('{"a": '), '- is not JSON: it ends too early, in line 1, column 7.');
});
