import { NotPackable } from './not-packable.ts';

/** A package in a lock file of npm, by the folder it is put into. */
export interface Locked {
  readonly version?: string;
  readonly optional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}
export type Lock = Readonly<Record<string, Locked>>;

const NODE_MODULES = 'node_modules/';

/**
 * What the packages of these folders need, directly or not, by the version that the lock file of the project holds it
 * to: name by exact version. npm takes no lock file out of an installed package, so that everything is named that would
 * otherwise float. Left out are what is for some platforms only, which its own package names exactly, and second
 * versions of something, which stay within the range of who wants them. Errors: `NotPackable` where the lock file lacks
 * something, or two of the folders have different versions of the same.
 */
export const lockedDependencies = (lock: Lock, folders: readonly string[]): ReadonlyMap<string, string> => {
  const versions = new Map<string, string>();
  const seen = new Set<string>();
  const visit = (folder: string): void => {
    if (seen.has(folder)) return;
    seen.add(folder);
    const { dependencies = {}, optionalDependencies = {}, peerDependencies, peerDependenciesMeta } = lock[folder] ?? {};
    for (const name of Object.keys({ ...optionalDependencies, ...peerDependencies, ...dependencies })) {
      if (name.startsWith('@penstock/') || peerDependenciesMeta?.[name]?.optional === true) continue;
      const found = find(lock, folder, name);
      if (found !== undefined) add(name, found);
      else if (name in dependencies && !(name in optionalDependencies))
        throw new NotPackable(`the lock file has no ${name} for ${folder}`);
    }
  };
  const add = (name: string, found: string): void => {
    const { version = '', optional = false } = lock[found] ?? {};
    if (optional) return;
    // In the folder of the project or of one of its packages, and not of another package there.
    if (found.lastIndexOf(NODE_MODULES) === found.indexOf(NODE_MODULES)) {
      const other = versions.get(name) ?? version;
      if (other !== version) throw new NotPackable(`${name} is locked as ${other} and as ${version}`);
      versions.set(name, version);
    }
    visit(found);
  };
  for (const folder of folders) visit(folder);
  return new Map([...versions].sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** Where a package finds another: in its own folder, or the next one above it. */
const find = (lock: Lock, from: string, name: string): string | undefined => {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const candidate = `${at === '' ? '' : `${at}/`}${NODE_MODULES}${name}`;
    if (candidate in lock) return candidate;
    if (at === '') return undefined;
  }
};
