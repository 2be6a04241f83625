import { cpSync, existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compilePackages } from './compile-package.ts';
import { innerManifestOf, manifestOf } from './manifest.ts';
import { NotPackable } from './not-packable.ts';
import { PACKAGES } from './shipped-packages.ts';

/** Files that are taken as they are, by pattern from the root. Each must find something. */
const AS_THEY_ARE = [
  'packages/server/migrations/**/*',
  'packages/modes/src/**/*.properties',
  'packages/console/dist/**/*',
  'deploy/**/*',
  'docs/generated/openapi.json',
  'docs/{operations,settings,cluster-mode,pipelines-as-code,assets}.md',
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
];

export interface StageOptions {
  readonly root: string;
  /** A new folder. */
  readonly out: string;
  /** The jar of the Spark driver, built. */
  readonly driverJar: string;
}

/** Puts everything that is in the package into a folder. Answers the number of modules. Errors: `NotPackable`. */
export const stagePackage = ({ root, out, driverJar }: StageOptions): number => {
  const modules = compilePackages(root, out);
  for (const pattern of AS_THEY_ARE) {
    const files = globSync(pattern, { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile());
    if (files.length === 0) throw new NotPackable(`there is no ${pattern}`);
    for (const { parentPath, name } of files) copy(root, out, join(parentPath, name).slice(root.length + 1));
  }
  cpSync(driverJar, join(out, 'cluster', 'penstock-spark-driver.jar'), { recursive: true });
  writeJson(join(out, 'package.json'), manifestOf(root));
  for (const name of PACKAGES) writeJson(join(out, 'packages', name, 'package.json'), innerManifestOf(root, name));
  return modules;
};

const copy = (root: string, out: string, file: string): void => {
  mkdirSync(dirname(join(out, file)), { recursive: true });
  cpSync(join(root, file), join(out, file));
};

const writeJson = (file: string, value: unknown): void => {
  if (existsSync(file)) throw new NotPackable(`${file} is made, and was there already`);
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
};
