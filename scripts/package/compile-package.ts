import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { preProcessFile } from 'typescript';
import { NotPackable } from './not-packable.ts';
import { PACKAGES } from './shipped-packages.ts';

const SCOPE = '@penstock/';

/** What `@penstock/…` names: the file, by path from the root, that the package's `exports` give for it. */
export type ExportedFiles = ReadonlyMap<string, string>;

/** Reads the `exports` of the packages that are shipped. */
export const exportedFiles = (root: string): ExportedFiles => {
  const files = new Map<string, string>();
  for (const name of PACKAGES) {
    const folder = join('packages', name);
    const { exports = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
      exports?: Record<string, string>;
    };
    for (const [as, file] of Object.entries(exports)) files.set(join(SCOPE, name, as), join(folder, file));
  }
  return files;
};

/**
 * One module as the package has it: without types, at the same lines and columns, and importing by relative paths.
 * `file` is its path from the root. Errors: `NotPackable` where it asks for what is not shipped.
 */
export const compileModule = (file: string, source: string, exported: ExportedFiles): string => {
  const isTypeScript = file.endsWith('.ts');
  let code = isTypeScript ? stripTypeScriptTypes(source) : source;
  const imports = preProcessFile(code, true, true).importedFiles.sort((a, b) => b.pos - a.pos);
  for (const { fileName, pos, end } of imports) {
    const target = specifierOf(fileName, file, exported);
    const at = code.indexOf(fileName, pos);
    if (at < 0 || at > end) throw new NotPackable(`${file}: the import of "${fileName}" was not found again.`);
    code = code.slice(0, at) + target + code.slice(at + fileName.length);
  }
  const left = /(['"`])(?:\.{1,2}\/)?\w[^'"`\n]*\.ts\1/.exec(withoutComments(code))?.[0];
  if (left !== undefined)
    throw new NotPackable(`${file} names ${left}, which is not in the package: take the ending of import.meta.url.`);
  return code;
};

const specifierOf = (specifier: string, file: string, exported: ExportedFiles): string => {
  if (specifier.startsWith('.')) return javaScriptName(specifier);
  if (!specifier.startsWith(SCOPE)) return specifier;
  const target = exported.get(specifier);
  if (target === undefined) throw new NotPackable(`${file} imports ${specifier}, which is not shipped.`);
  const path = javaScriptName(relative(dirname(file), target));
  return path.startsWith('.') ? path : `./${path}`;
};

const javaScriptName = (file: string): string => file.replace(/\.ts$/, '.js');

/** Without the lines that are nothing but comment. */
const withoutComments = (code: string): string =>
  code
    .split('\n')
    .filter((line) => !/^[ \t]*(?:\/\/|\/?\*)/.test(line))
    .join('\n');

const isShipped = (file: string): boolean =>
  /\.(?:ts|js|mjs)$/.test(file) && !/\.test\.ts$|\.d\.ts$|\/testing\/|\/testing\.ts$/.test(file);

/** Compiles the modules of all shipped packages into a folder of the same shape. Answers how many there are. */
export const compilePackages = (root: string, out: string): number => {
  const exported = exportedFiles(root);
  const files = globSync(
    PACKAGES.flatMap((name) => [`packages/${name}/src/**/*`, `packages/${name}/bin/*`]),
    { cwd: root },
  ).filter(isShipped);
  const modules = new Set(files.map(javaScriptName));
  for (const file of files) {
    const code = compileModule(file, readFileSync(join(root, file), 'utf8'), exported);
    for (const { fileName } of preProcessFile(code, true, true).importedFiles)
      if (fileName.startsWith('.') && !modules.has(join(dirname(file), fileName)))
        throw new NotPackable(`${file} imports ${fileName}, which is not shipped`);
    const target = join(out, javaScriptName(file));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code, { mode: file.includes('/bin/') ? 0o755 : 0o644 });
  }
  return files.length;
};
