import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

/**
 * `node --no-node-snapshot range-main.ts RUN_JSON`: the worker process of a Spark executor. What has to be set before
 * anything else is loaded is explained in `main.ts`.
 */
enableCompileCache();
setFlagsFromString('--heap-growing-percent=150');
await import('./range-process.ts');
