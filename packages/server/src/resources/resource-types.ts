import type { GrantResource } from '@penstock/modes';

/** What an organisation is granted in CU (contract C.5): what its runs take, what it designs with, and its topics. */
export type Resource = GrantResource | 'stream-designing' | 'message-queue';

export const RESOURCES: readonly Resource[] = [
  'standalone',
  'cluster-server',
  'cluster-yarn',
  'stream-designing',
  'message-queue',
];

/** What a resource is called in messages for people. */
export const RESOURCE_TITLE: Readonly<Record<Resource, string>> = {
  standalone: 'Standalone Processing',
  'cluster-server': 'Cluster Processing (server)',
  'cluster-yarn': 'Cluster Processing (Yarn)',
  'stream-designing': 'Stream Designing',
  'message-queue': 'Message Queue',
};

/** Libraries that 1 CU of Stream Designing lets be installed (contract C.5). */
export const LIBRARIES_PER_CU = 3;

/** Thousandths of a CU of Stream Designing that so many installed libraries take. */
export const designingMilliOf = (libraries: number): number => Math.ceil((libraries * 1000) / LIBRARIES_PER_CU);
