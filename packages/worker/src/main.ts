import { enableCompileCache } from 'node:module';

/**
 * `node --no-node-snapshot main.ts SPEC_FILE`: the worker process. Compiled code is kept in a cache on disk, which
 * saves half of the CPU time of a start; it has to be switched on before anything else is loaded.
 */
enableCompileCache();
await import('./worker-main.ts');
