import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { CONSOLE_FOLDER, DIST_FOLDER, digestOfSources, STAMP } from './sources.ts';

/** Whether the built console is the one its sources would make. */
export const isConsoleFresh = (): boolean => {
  const stamp = join(DIST_FOLDER, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digestOfSources();
};

/** Builds the console, unless what is there is what would be made. Errors: those of the build, which say where. */
export const buildConsole = async (): Promise<void> => {
  if (isConsoleFresh()) return;
  const digest = digestOfSources();
  const folder = `${DIST_FOLDER}.${process.pid}`;
  try {
    await bundle(folder);
    compress(folder);
    writeFileSync(join(folder, STAMP), digest);
    putInPlace(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const bundle = async (outDir: string): Promise<void> => {
  // Loaded here: whoever finds the console built needs none of it.
  const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')]);
  await build({
    configFile: false,
    root: CONSOLE_FOLDER,
    logLevel: 'warn',
    plugins: [react()],
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      // Nothing is put into the page itself: the policy it is served with allows no inline script, style or font.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
};

const WORTH_COMPRESSING = new Set(['.html', '.js', '.css', '.svg']);

/** Once, here, as well as it can be done; the service sends what lies there. */
const compress = (folder: string): void => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) {
    if (!WORTH_COMPRESSING.has(extname(name))) continue;
    const file = join(parentPath, name);
    const plain = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }));
    writeFileSync(`${file}.br`, brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }));
  }
};

/** A service that starts meanwhile finds the old console or the new one, never half of one. */
const putInPlace = (folder: string): void => {
  const old = `${DIST_FOLDER}.old-${process.pid}`;
  if (existsSync(DIST_FOLDER)) renameSync(DIST_FOLDER, old);
  renameSync(folder, DIST_FOLDER);
  rmSync(old, { recursive: true, force: true });
};
