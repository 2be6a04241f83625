import { createModes, type Modes } from '../../modes.ts';

/** All running modes on a machine where nothing can be started and no cluster is set up. */
export const idleModes = (): Modes =>
  createModes({
    dataDir: '/data',
    host: 'vm',
    installation: 'i',
    cu: { memoryMb: 2048, threads: 1 },
    clock: { now: () => 0 },
    log: { warn: () => undefined },
    workerMain: async () => '/nowhere',
    endpointsFile: '/nowhere',
    ownUrl: () => 'http://vm',
    resourcesOf: () => Promise.reject(new Error('none')),
    onChange: () => undefined,
    archives: () => Promise.reject(new Error('none')),
  });
