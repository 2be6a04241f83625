import { memoryMib } from './advanced-parameters.ts';
import { pointer } from './issue.ts';
import type { Issue } from './messages/issue.ts';
import type { ClusterResources } from './resource-config.ts';

/** What one YARN container of a Spark application is asked for. `heapMb` + `overheadMb` = `containerMb`; all in MiB. */
export interface ContainerSize {
  readonly cores: number;
  readonly heapMb: number;
  readonly overheadMb: number;
  readonly containerMb: number;
}

/** The containers of a run in Cluster Mode. */
export interface ClusterSizing {
  readonly driver: ContainerSize;
  readonly executor: ContainerSize;
  /** How many executors; each has `executor.cores` task threads. */
  readonly executors: number;
  /** What the worker beside each executor's JVM may use, in MiB. */
  readonly workerMemoryMb: number;
}

export interface CuSize {
  readonly memoryMb: number;
  readonly threads: number;
}

/** Less heap than this no Spark JVM is started with: Spark itself refuses less than 450 MiB. */
export const MIN_HEAP_MB = 512;
/** An executor's JVM holds no records, so it needs no more than the least; the rest is for the worker beside it. */
const EXECUTOR_HEAP_MB = MIN_HEAP_MB;
/** Of an executor's overhead, what its JVM needs outside its heap: classes, code, stacks, network buffers. */
const EXECUTOR_NON_HEAP_MB = 200;
const MIN_WORKER_MB = 64;
/** Spark's own rule for drivers. */
const MIN_DRIVER_OVERHEAD_MB = 384;
const DRIVER_OVERHEAD_SHARE = 0.1;

/**
 * Containers from CUs: what was granted is what YARN is asked for, and heap and overhead share it. Where a
 * `memoryOverhead` was given the heap gets the rest; a `memoryOverheadFactor` f makes the heap total / (1 + f).
 * `value` is absent where a heap would become too small; the issue then names the parameter, by `pathOf` (a JSON
 * Pointer for the name of an advanced parameter), or the number of CUs, below `path` (that of `resourceConfig`).
 */
export const clusterSizing = (
  resources: ClusterResources,
  cu: CuSize,
  path = '/resourceConfig',
  pathOf: (name: string) => string = (name) => path + pointer('advanced', name),
): { readonly value?: ClusterSizing; readonly issues: readonly Issue[] } => {
  const { yarn, advanced } = resources;
  const issues: Issue[] = [];
  const size = (role: Role): ContainerSize | undefined => {
    const totalMb = Math.round(yarn[role.field] * cu.memoryMb);
    const { overheadMb, because } = overheadOf(role, totalMb, advanced);
    const heapMb = totalMb - overheadMb;
    if (heapMb < MIN_HEAP_MB) {
      issues.push(
        because === undefined
          ? tooFewCu(role, path, totalMb, cu)
          : tooMuchOverhead(role, because, pathOf(because), totalMb, heapMb),
      );
      return undefined;
    }
    return { cores: Math.max(1, Math.ceil(yarn[role.field] * cu.threads)), heapMb, overheadMb, containerMb: totalMb };
  };
  const driver = size(DRIVER);
  const executor = size(EXECUTOR);
  if (driver === undefined || executor === undefined) return { issues };
  const workerMemoryMb = Math.max(MIN_WORKER_MB, executor.overheadMb - EXECUTOR_NON_HEAP_MB);
  return { value: { driver, executor, executors: yarn.workerCount, workerMemoryMb }, issues };
};

interface Role {
  readonly name: 'driver' | 'executor';
  readonly field: 'master' | 'slave';
  /** Overhead of a container of this size when nothing is said. */
  readonly overheadMb: (totalMb: number) => number;
}

const DRIVER: Role = {
  name: 'driver',
  field: 'master',
  overheadMb: (totalMb) => Math.max(MIN_DRIVER_OVERHEAD_MB, Math.ceil(totalMb * DRIVER_OVERHEAD_SHARE)),
};

const EXECUTOR: Role = {
  name: 'executor',
  field: 'slave',
  overheadMb: (totalMb) => Math.max(EXECUTOR_NON_HEAP_MB + MIN_WORKER_MB, totalMb - EXECUTOR_HEAP_MB),
};

/** The overhead, and the parameter it comes from; an amount wins over a factor, as in Spark. */
const overheadOf = (
  role: Role,
  totalMb: number,
  advanced: ClusterResources['advanced'],
): { readonly overheadMb: number; readonly because?: string } => {
  const amountKey = `spark.${role.name}.memoryOverhead`;
  const factorKey = `spark.${role.name}.memoryOverheadFactor`;
  const amount = advanced[amountKey];
  const factor = advanced[factorKey];
  if (amount !== undefined) return { overheadMb: Math.floor(memoryMib(amount) ?? 0), because: amountKey };
  if (factor === undefined) return { overheadMb: role.overheadMb(totalMb) };
  return { overheadMb: totalMb - Math.floor(totalMb / (1 + Number(factor))), because: factorKey };
};

const tooMuchOverhead = (role: Role, name: string, at: string, totalMb: number, heapMb: number): Issue => ({
  code: 'ADVANCED_VALUE_INVALID',
  severity: 'error',
  path: at,
  message:
    `"${name}" leaves ${Math.max(0, heapMb)} MiB of the ${totalMb} MiB of ${aRole(role)} for its heap; ` +
    `at least ${MIN_HEAP_MB} MiB are needed. Lower it, or raise "${role.field}".`,
});

const tooFewCu = (role: Role, path: string, totalMb: number, cu: CuSize): Issue => {
  const neededMb = MIN_HEAP_MB + role.overheadMb(0);
  return {
    code: 'START_FIELD_INVALID',
    severity: 'error',
    path: path + pointer('yarn', role.field),
    message:
      `"${role.field}" gives ${aRole(role)} ${totalMb} MiB; at least ${neededMb} MiB are needed, which are ` +
      `${Math.ceil((neededMb / cu.memoryMb) * 1000) / 1000} CU of ${cu.memoryMb} MiB.`,
  };
};

const aRole = (role: Role): string => (role.name === 'driver' ? 'the driver' : 'an executor');
