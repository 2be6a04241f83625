import { enableCompileCache } from 'node:module';
import { keepHeapSmall } from './heap-size.ts';

/**
 * `node --no-node-snapshot main.ts`: the service. What has to be set before anything else is loaded: compiled code is
 * kept in a cache on disk, which saves CPU time at each start; and loading leaves no large heap behind.
 */
enableCompileCache();
keepHeapSmall();
await import('./service-main.ts');
