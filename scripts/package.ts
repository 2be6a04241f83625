// npm run package: one npm package of everything that is needed to run Penstock, ready to be installed by
// `npm install FILE` anywhere. `-- --out DIR` says where it is put (default: .artefacts). Prints its path.
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildDriverJar } from '../dev/src/index.ts';
import { buildConsole } from '../packages/console/build/build-console.ts';
import { NotPackable } from './package/not-packable.ts';
import { stagePackage } from './package/stage-package.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, '.artefacts') } } });
const tell = (line: string): void => void process.stderr.write(`${line}\n`);

const folder = mkdtempSync(join(tmpdir(), 'penstock-package-'));
try {
  tell('building the console');
  await buildConsole();
  const driverJar = await buildDriverJar(tell);
  const stage = join(folder, 'package');
  mkdirSync(stage);
  tell(`${stagePackage({ root, out: stage, driverJar })} modules`);
  execFileSync('npm', ['pack', '--loglevel=error', '--ignore-scripts', '--pack-destination', folder], {
    cwd: stage,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [packed] = globSync('*.tgz', { cwd: folder });
  if (packed === undefined) throw new NotPackable('npm pack has made no file');
  mkdirSync(values.out, { recursive: true });
  cpSync(join(folder, packed), join(values.out, packed));
  process.stdout.write(`${resolve(values.out, packed)}\n`);
} catch (error) {
  if (!(error instanceof NotPackable)) throw error;
  tell(`The package cannot be made: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
