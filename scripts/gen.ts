// npm run gen: writes every generated file. npm run gen:check: fails where one is not what would be written.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientTypes } from './gen/client-types.ts';
import { codeReference } from './gen/codes/code-reference.ts';
import { codeTextsFile } from './gen/codes/code-texts.ts';
import { decisionIndex } from './gen/decision-index.ts';
import { expressionReference } from './gen/expression-reference.ts';
import type { Generator } from './gen/generated-files.ts';
import { messageChecks } from './gen/message-checks.ts';
import { openApi } from './gen/openapi.ts';
import { operatorList } from './gen/operator-list.ts';
import { operatorReference } from './gen/operator-reference.ts';
import { operatorTitlesFile } from './gen/operator-titles.ts';
import { settingsReference } from './gen/settings-reference.ts';
import { templateList } from './gen/template-list.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isCheck = process.argv.includes('--check');

/** In this order: the client's types are made from the OpenAPI document, and most read the list of operators. */
const GENERATORS: readonly Generator[] = [
  messageChecks,
  operatorTitlesFile,
  operatorList,
  templateList,
  operatorReference,
  expressionReference,
  settingsReference,
  codeReference,
  codeTextsFile,
  decisionIndex,
  openApi,
  clientTypes,
];

const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const textOf = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

/** Paths of files in the generator's folder that it no longer makes. */
const leftOver = ({ folder }: Generator, made: ReadonlyMap<string, string>): string[] =>
  folder === undefined || !existsSync(join(root, folder))
    ? []
    : readdirSync(join(root, folder))
        .map((name) => `${folder}/${name}`)
        .filter((path) => !made.has(path));

const stale: string[] = [];
for (const generator of GENERATORS) {
  const made = await generator.make();
  const old = leftOver(generator, made);
  const changed = [...made].filter(([path, text]) => textOf(join(root, path)) !== text);
  stale.push(...old, ...changed.map(([path]) => path));
  if (isCheck) continue;
  for (const path of old) rmSync(join(root, path));
  for (const [path, text] of changed) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  tell(
    `${generator.what}: ${changed.length + old.length === 0 ? 'as it was' : [...old, ...changed.map(([p]) => p)].join(', ')}`,
  );
  // This process has loaded the list as it was, and what is made from the definitions would lack the new ones.
  if ((generator === operatorList || generator === templateList) && changed.length > 0) {
    const again = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' });
    process.exit(again.status ?? 1);
  }
}
if (isCheck && stale.length > 0) {
  process.stderr.write(`Not what would be generated: ${stale.join(', ')}. Run: npm run gen, and commit the result.\n`);
  process.exit(1);
}
if (isCheck) tell('all generated files are as they would be generated');
process.exit(0);
