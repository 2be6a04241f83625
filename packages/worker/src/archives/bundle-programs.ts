import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { build, type OnLoadArgs, type OnLoadResult, type Plugin, stop } from 'esbuild';
import type { ArchiveEntry } from './archive-file.ts';
import { workspaceFolder } from './workspace.ts';

/** Bundles that are being made in this process. */
let underWay = 0;

/**
 * Bundles programs, given as source files by name, into JavaScript modules that need no `node_modules` but those of
 * `external`: one `{name}.js` each and the chunks they share, all in one folder, so that programs find each other
 * there. Rejects where the bundle would not work: a native package that is not external, a file that is read from
 * beside a source.
 */
export const bundlePrograms = async (
  programs: Readonly<Record<string, string>>,
  external: readonly string[],
): Promise<readonly ArchiveEntry[]> => {
  underWay++;
  try {
    const { outputFiles } = await build({
      entryPoints: { ...programs },
      external: [...external],
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      // Constants become `var` in a bundle, which the JIT reads anew each time: numbers are put in where they stand.
      minifySyntax: true,
      // Names of chunks and what stands in them do not depend on where the workspace is.
      absWorkingDir: workspaceFolder,
      outdir: workspaceFolder,
      chunkNames: '[name]-[hash]',
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, target: 'es2024' } },
      // This form of the package has its WebAssembly in the source; the other reads it from a file.
      alias: { '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled' },
      // CommonJS packages ask for Node's own modules by `require`.
      banner: {
        js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
      },
      plugins: [noFilesBeside, noHiddenNatives],
      logLevel: 'silent',
      write: false,
    });
    return outputFiles.map(({ path, contents }) => ({ target: basename(path), source: { content: contents } }));
  } finally {
    underWay--;
    // esbuild's own process would stay for as long as this one does.
    if (underWay === 0) await stop();
  }
};

/** What stands beside a source does not stand beside the bundle. Programs are told apart by a computed ending. */
const noFilesBeside: Plugin = {
  name: 'no-files-beside',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.(?:[cm]?js|ts)$/ }, refuseFilesBeside);
  },
};

const URL_BESIDE = /new URL\(\s*(['"])(\.{1,2}\/[^'"]*)\1\s*,\s*import\.meta\.url\s*\)/;

const refuseFilesBeside = async ({ path }: OnLoadArgs): Promise<OnLoadResult | undefined> => {
  const [, , beside] = URL_BESIDE.exec(await readFile(path, 'utf8')) ?? [];
  if (beside === undefined) return undefined;
  return { errors: [{ text: `${path} asks for "${beside}" beside it, which the bundle does not carry.` }] };
};

/** A native package looks for its binary when it is loaded, which nothing would notice before. */
const noHiddenNatives: Plugin = {
  name: 'no-hidden-natives',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^(?:node-gyp-build|bindings|@mapbox\/node-pre-gyp)$/ }, ({ importer }) => ({
      errors: [{ text: `${importer} loads a native binary: its package has to be external to the bundle.` }],
    }));
  },
};
