import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Generator } from './generated-files.ts';

const PACKAGE = fileURLToPath(new URL('../../packages/client/', import.meta.url));

/** What `npm run gen` of the client does, with the result on standard output. */
const generate = (): string => {
  const { scripts } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { scripts: { gen: string } };
  const args = scripts.gen.split(' ').slice(1);
  args.splice(args.indexOf('--output'), 2);
  const main = createRequire(join(PACKAGE, 'package.json')).resolve('openapi-typescript');
  const done = spawnSync(process.execPath, [join(dirname(main), '..', 'bin', 'cli.js'), ...args], {
    cwd: PACKAGE,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (done.status !== 0) throw new Error(`openapi-typescript failed: ${done.stderr}`);
  return `${done.stdout.trimEnd()}\n`;
};

/** Reads the OpenAPI document as it is on disk, so it comes after that. */
export const clientTypes: Generator = {
  what: 'types of the client, from the OpenAPI document',
  make: async () => new Map([['packages/client/src/generated/api.ts', generate()]]),
};
