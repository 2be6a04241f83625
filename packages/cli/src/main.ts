import { run } from './run.ts';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());
// A reader such as `head` may close the pipe early; that is not an error of this command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await run(
  process.argv.slice(2),
  {
    output: {
      isTTY: process.stdout.isTTY === true,
      columns: process.stdout.columns ?? 80,
      write: (text) => process.stdout.write(text),
    },
    environment: process.env,
    // npm runs scripts in the package's root and tells where it was called.
    cwd: process.cwd(),
    signal: interrupted.signal,
  },
  (text) => process.stderr.write(text),
);
