import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

/**
 * `node --no-node-snapshot main.ts SPEC_FILE`: the worker process. What has to be set before anything else is loaded:
 *
 * Compiled code is kept in a cache on disk, which saves half of the CPU time of a start.
 *
 * The old generation may grow to two and a half times what survived before all of it is looked through again. Batches
 * count towards it with their bytes, so that by default a worker that does little but copy looks through its heap a
 * dozen times a second and finds nothing: a quarter of its CPU time on the `select` benchmark. More than that gains
 * nothing and lets the heaps of scripts grow too. The threads' own limits still hold.
 */
enableCompileCache();
setFlagsFromString('--heap-growing-percent=150');
await import('./standalone/worker-main.ts');
