import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ArchiveEntry, writeArchive } from './archive-file.ts';

const temporaryFolder = async (t: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-archive-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

test('an archive unpacks to what went in, with the bits of programs', async (t) => {
  const folder = await temporaryFolder(t);
  const binary = Buffer.alloc(3_000_000, 'some bytes');
  await writeFile(join(folder, 'source'), binary, { mode: 0o600 });
  const deep = `${'folder/'.repeat(20)}file.js`;
  const archive = join(folder, 'archive.tar.gz');
  const hash = await writeArchive(archive, [
    { target: deep, source: { content: 'text' } },
    { target: 'bin/program', source: join(folder, 'source'), isExecutable: true },
  ]);
  assert.equal(
    createHash('sha256')
      .update(await readFile(archive))
      .digest('hex')
      .slice(0, 16),
    hash,
  );
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  assert.equal(await readFile(join(folder, deep), 'utf8'), 'text');
  assert.deepEqual(await readFile(join(folder, 'bin/program')), binary);
  const modes = await Promise.all(
    [deep, 'bin/program'].map(async (file) => (await stat(join(folder, file))).mode & 0o777),
  );
  assert.deepEqual(modes, [0o644, 0o755]);
});

test('the same content makes the same bytes, in any order, with any times and rights', async (t) => {
  const folder = await temporaryFolder(t);
  const source = join(folder, 'source');
  const entries: ArchiveEntry[] = [
    { target: 'b', source },
    { target: 'a', source: { content: 'text' } },
  ];
  await writeFile(source, 'bytes');
  const first = await writeArchive(join(folder, '1'), entries);
  await utimes(source, 1000, 1000);
  await chmod(source, 0o700);
  const second = await writeArchive(join(folder, '2'), entries.toReversed());
  assert.equal(second, first);
  await writeFile(source, 'BYTES');
  assert.notEqual(await writeArchive(join(folder, '3'), entries), first);
});

test('a file that cannot be read or is there already is an error', async (t) => {
  const folder = await temporaryFolder(t);
  const nothing = { target: 'a', source: join(folder, 'nothing') };
  await assert.rejects(writeArchive(join(folder, '1'), [nothing]), /ENOENT/);
  await writeFile(join(folder, '2'), '');
  await assert.rejects(writeArchive(join(folder, '2'), []), /EEXIST/);
});
