import { readFileSync } from 'node:fs';

// A worker that does nothing but what launchers have to do with: it reads its spec, and ends when told.
const spec = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as { document: { exitCode?: number } };
process.stdout.write(`hello ${JSON.stringify({ argv: process.execArgv, secret: process.env.DATABASE_URL ?? null })}\n`);
if (spec.document.exitCode !== undefined) process.exit(spec.document.exitCode);
process.on('SIGTERM', () => process.exit(0));
setInterval(() => undefined, 60_000);
process.stdout.write('ready\n');
