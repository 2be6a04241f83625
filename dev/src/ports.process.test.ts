import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { claimPort, findFreePort, isPortFree } from './ports.ts';

const fileOf = (port: number): string => join(tmpdir(), `penstock-ports-${userInfo().uid}`, String(port));

test('a port is given to one process at a time, and only once', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, findFreePort));
  assert.equal(new Set(ports).size, ports.length);
  for (const port of ports) assert.ok(existsSync(fileOf(port)) && (await isPortFree(port)));
});

test('the ports of a process are free for others once it has ended, also by force', async () => {
  const source = `
    import { findFreePort } from ${JSON.stringify(new URL('./ports.ts', import.meta.url).href)};
    console.log(await findFreePort());
    if (process.argv[1] === 'killed') process.kill(process.pid, 'SIGKILL');`;
  const portOf = async (how: string): Promise<number> => {
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', source, how]);
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    return Number(stdout);
  };
  assert.equal(existsSync(fileOf(await portOf('ended'))), false);
  const left = await portOf('killed');
  assert.ok(existsSync(fileOf(left)));
  assert.equal(claimPort(left), true);
  assert.equal(claimPort(left), false);
});
