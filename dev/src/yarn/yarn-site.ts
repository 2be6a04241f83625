import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HadoopSettings } from '../hadoop/hadoop-xml.ts';
import type { NodePorts, YarnPorts } from './yarn-ports.ts';

/** Where all of it listens, and the name the nodes are known by. */
const HOST = 'localhost';
const at = (port: number): string => `${HOST}:${port}`;

export interface YarnSizes {
  /** Per node. */
  readonly memoryMb: number;
  readonly vcores: number;
}

export const coreSite = (defaultFs: string, user: string, tmpDir: string): HadoopSettings => ({
  'fs.defaultFS': defaultFs,
  'hadoop.tmp.dir': tmpDir,
  // REST calls that write act as this user.
  'hadoop.http.staticuser.user': user,
});

/** What ResourceManager, NodeManagers and clients have in common. */
export const yarnSite = (dir: string, ports: YarnPorts, sizes: YarnSizes): HadoopSettings => {
  const { webapp, client, scheduler, tracker, admin } = ports.resourceManager;
  return {
    'yarn.resourcemanager.hostname': HOST,
    'yarn.resourcemanager.bind-host': HOST,
    'yarn.resourcemanager.webapp.address': at(webapp),
    'yarn.resourcemanager.address': at(client),
    'yarn.resourcemanager.scheduler.address': at(scheduler),
    'yarn.resourcemanager.resource-tracker.address': at(tracker),
    'yarn.resourcemanager.admin.address': at(admin),
    // A ResourceManager that was killed goes on with the applications it had.
    'yarn.resourcemanager.recovery.enabled': true,
    'yarn.resourcemanager.store.class': 'org.apache.hadoop.yarn.server.resourcemanager.recovery.LeveldbRMStateStore',
    'yarn.resourcemanager.leveldb-state-store.path': join(dir, 'rm-state'),
    'yarn.resourcemanager.work-preserving-recovery.enabled': true,
    'yarn.resourcemanager.work-preserving-recovery.scheduling-wait-ms': 3000,
    // Of everybody who looks for a ResourceManager that is away; the default is 30 s.
    'yarn.resourcemanager.connect.retry-interval.ms': 1000,
    'yarn.resourcemanager.am.max-attempts': 8,
    // A dead node or driver of a local cluster is noticed in half a minute; the default is ten minutes.
    'yarn.nm.liveness-monitor.expiry-interval-ms': 30_000,
    'yarn.am.liveness-monitor.expiry-interval-ms': 30_000,
    ...scheduling(sizes),
    'yarn.log-aggregation-enable': true,
    'yarn.log-aggregation.retain-seconds': 7 * 24 * 3600,
    'yarn.nodemanager.remote-app-log-dir': pathToFileURL(join(dir, 'logs')).href,
  };
};

const scheduling = ({ memoryMb, vcores }: YarnSizes): HadoopSettings => ({
  'yarn.scheduler.minimum-allocation-mb': 256,
  'yarn.scheduler.maximum-allocation-mb': memoryMb,
  'yarn.scheduler.minimum-allocation-vcores': 1,
  'yarn.scheduler.maximum-allocation-vcores': vcores,
  // Several nodes on one host.
  'yarn.scheduler.include-port-in-node-name': true,
  // Counts cores beside memory; the default counts memory alone and reports one core for every container.
  'yarn.scheduler.capacity.resource-calculator': 'org.apache.hadoop.yarn.util.resource.DominantResourceCalculator',
  'yarn.scheduler.capacity.maximum-am-resource-percent': 0.9,
  'yarn.scheduler.capacity.root.queues': 'default',
  'yarn.scheduler.capacity.root.default.capacity': 100,
  'yarn.scheduler.capacity.root.default.maximum-capacity': 100,
  'yarn.scheduler.capacity.root.default.state': 'RUNNING',
  'yarn.scheduler.capacity.root.default.acl_submit_applications': '*',
});

/** What one NodeManager has of its own, besides the common settings. */
export const nodeSite = (nodeDir: string, ports: NodePorts, sizes: YarnSizes): HadoopSettings => ({
  'yarn.nodemanager.hostname': HOST,
  'yarn.nodemanager.bind-host': HOST,
  'yarn.nodemanager.address': at(ports.container),
  'yarn.nodemanager.webapp.address': at(ports.webapp),
  'yarn.nodemanager.localizer.address': at(ports.localizer),
  'yarn.nodemanager.collector-service.address': at(ports.collector),
  'yarn.nodemanager.local-dirs': join(nodeDir, 'local'),
  'yarn.nodemanager.log-dirs': join(nodeDir, 'log'),
  'yarn.nodemanager.resource.memory-mb': sizes.memoryMb,
  'yarn.nodemanager.resource.cpu-vcores': sizes.vcores,
  // Containers outlive a NodeManager that ends or is killed, and are taken over by the next one on its port.
  'yarn.nodemanager.recovery.enabled': true,
  'yarn.nodemanager.recovery.supervised': true,
  'yarn.nodemanager.recovery.dir': join(nodeDir, 'recovery'),
  'yarn.nodemanager.pmem-check-enabled': true,
  'yarn.nodemanager.vmem-check-enabled': false,
  'yarn.nodemanager.sleep-delay-before-sigkill.ms': 10_000,
  // A disk that is nearly full is the developer's own business.
  'yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage': 100,
  'yarn.nodemanager.localizer.cache.target-size-mb': 2048,
});
