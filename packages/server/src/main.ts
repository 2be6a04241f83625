import { enableCompileCache } from 'node:module';
import { keepHeapSmall } from './heap-size.ts';
import { loadDrizzleAtOnce } from './module-formats.ts';

/**
 * `node --no-node-snapshot main.ts`: the service. What has to be set before anything else is loaded: compiled code is
 * kept in a cache on disk, which saves CPU time at each start; loading leaves no large heap behind, and asks no package
 * hundreds of times what it is.
 */
enableCompileCache();
keepHeapSmall();
loadDrizzleAtOnce();
await import('./service-main.ts');
