// npm run console:build
import { buildConsole, isConsoleFresh } from './build-console.ts';

if (isConsoleFresh()) process.stdout.write('the console is built already\n');
else {
  const startedAt = Date.now();
  await buildConsole();
  process.stdout.write(`the console is built (${((Date.now() - startedAt) / 1000).toFixed(1)} s)\n`);
}
