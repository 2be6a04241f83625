import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lock, lockedDependencies } from './lock-dependencies.ts';
import { NotPackable } from './not-packable.ts';
import { PACKAGES } from './shipped-packages.ts';

interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const read = (root: string, ...path: string[]): Manifest =>
  JSON.parse(readFileSync(join(root, ...path, 'package.json'), 'utf8')) as Manifest;

const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/**
 * What the package needs of the registry, all of it by exact version, and the Node that runs it. Errors: `NotPackable`
 * where one of our packages names a range, or two want different versions.
 */
export const dependenciesOf = (root: string): Record<string, string> => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Lock };
  const { node = '' } = read(root).devDependencies ?? {};
  const versions = lockedDependencies(
    packages,
    PACKAGES.map((name) => `packages/${name}`),
  );
  for (const folder of PACKAGES) {
    for (const [name, version] of Object.entries(read(root, 'packages', folder).dependencies ?? {}))
      if (!name.startsWith('@penstock/') && versions.get(name) !== version)
        throw new NotPackable(`${folder} wants ${name} ${version}, and ${versions.get(name)} is locked`);
  }
  const dependencies = Object.fromEntries([...versions, ['node', node]]);
  for (const [name, version] of Object.entries(dependencies))
    if (!EXACT.test(version)) throw new NotPackable(`${name} is wanted as "${version}": give one exact version`);
  return dependencies;
};

/** The `package.json` of the package. */
export const manifestOf = (root: string): Record<string, unknown> => {
  const { version, description, license } = read(root);
  return {
    name: 'penstock',
    version,
    description,
    license,
    type: 'module',
    bin: { penstock: 'packages/cli/bin/penstock.mjs' },
    engines: { node: '>=20' },
    os: ['linux', 'darwin'],
    dependencies: dependenciesOf(root),
  };
};

/** The `package.json` of one workspace package within: what asks for its dependencies at run time finds them there. */
export const innerManifestOf = (root: string, name: string): Record<string, unknown> => {
  const { version, dependencies = {} } = read(root, 'packages', name);
  return { name: `@penstock/${name}`, version, private: true, type: 'module', dependencies };
};
