import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  buildDriverJar,
  findFreePort,
  type LocalKafka,
  type LocalYarn,
  resolveSparkJars,
  startLocalKafka,
  startLocalYarn,
} from '@penstock/dev';
import type { JsonObject, JsonValue } from '@penstock/model';
import { EnosClient } from '../../bench/src/chaos/enos-client.ts';
import { ServiceProcess } from '../../bench/src/chaos/service-process.ts';
import { until } from '../../bench/src/chaos/until.ts';
import { TopicAccess } from '../../packages/worker/src/testing/topic-access.ts';
import { ClusterPipeline } from './cluster-pipeline.ts';

export interface ClusterWorldOptions {
  /** What each of the two nodes offers, in MiB and cores. */
  readonly memoryMb?: number;
  readonly vcores?: number;
  /** Further settings of the service. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A real broker, a real YARN with two nodes and the real service with Cluster Mode, in a folder of their own. */
export class ClusterWorld {
  readonly folder: string;
  readonly kafka: LocalKafka;
  readonly yarn: LocalYarn;
  readonly service: ServiceProcess;

  private constructor(folder: string, kafka: LocalKafka, yarn: LocalYarn, service: ServiceProcess) {
    this.folder = folder;
    this.kafka = kafka;
    this.yarn = yarn;
    this.service = service;
  }

  static async start(options: ClusterWorldOptions = {}): Promise<ClusterWorld> {
    const { memoryMb = 12_288, vcores = 16, env } = options;
    const folder = await mkdtemp(join(tmpdir(), 'penstock-cluster-'));
    const [kafka, yarn, sparkJars, driverJar] = await Promise.all([
      startLocalKafka({ dir: join(folder, 'kafka') }),
      startLocalYarn({ dir: join(folder, 'yarn'), memoryMb, vcores }),
      resolveSparkJars(),
      buildDriverJar(),
    ]);
    const service = new ServiceProcess({
      folder,
      port: await findFreePort(),
      bootstrapServers: kafka.bootstrapServers,
      env: {
        HADOOP_CONF_DIR: yarn.confDir,
        PENSTOCK_SPARK_JARS: sparkJars,
        PENSTOCK_SPARK_DRIVER_JAR: driverJar,
        PENSTOCK_SPARK_ON_NODES: 'true',
        ...env,
      },
    });
    await service.start();
    await service.ready();
    return new ClusterWorld(folder, kafka, yarn, service);
  }

  async stop(): Promise<void> {
    await this.service.end('SIGTERM');
    this.service.kill();
    await this.yarn.stop();
    await this.kafka.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  connect(t: TestContext): Promise<TopicAccess> {
    return TopicAccess.connect(t, this.kafka.bootstrapServers);
  }

  /** An organisation with enough of everything, unless other grants are given. */
  async organization(orgId: string, grants: Readonly<Record<string, number>> = {}): Promise<Organization> {
    const { service } = this;
    await service.admin('POST', 'organizations', { orgId, name: orgId });
    const keys = (await service.admin('POST', `organizations/${orgId}/access-keys`, { name: 'test' })) as JsonObject;
    const granted = { standalone: 8, 'cluster-server': 100, 'cluster-yarn': 100, ...grants };
    for (const [resource, cu] of Object.entries(granted))
      await service.admin('PUT', `organizations/${orgId}/grants/${resource}`, { cu });
    const enos = new EnosClient({
      baseUrl: service.baseUrl,
      accessKey: String(keys.accessKey),
      secretKey: String(keys.secretKey),
    });
    return new Organization(this, orgId, enos);
  }

  /** What the ResourceManager answers below `/ws/v1/cluster/`. */
  async resourceManager(path: string): Promise<JsonObject> {
    return (await getJson(`${this.yarn.resourceManagerUrl}/ws/v1/cluster/${path}`)) as JsonObject;
  }

  /** All applications of the ResourceManager, ended ones too. */
  async applications(): Promise<readonly JsonObject[]> {
    const { apps } = await this.resourceManager('apps');
    return ((apps as JsonObject | null)?.app ?? []) as JsonObject[];
  }

  /** What Spark says of a running application, through the proxy. */
  spark(applicationId: string, path: string): Promise<JsonValue> {
    return until(`asking Spark for ${path}`, 30_000, () =>
      getJson(`${this.yarn.resourceManagerUrl}/proxy/${applicationId}/api/v1/applications/${applicationId}/${path}`),
    );
  }
}

export class Organization {
  readonly world: ClusterWorld;
  readonly orgId: string;
  readonly #enos: EnosClient;

  constructor(world: ClusterWorld, orgId: string, enos: EnosClient) {
    this.world = world;
    this.orgId = orgId;
    this.#enos = enos;
  }

  call(pipelineId: string, action: string, body?: JsonObject): Promise<JsonValue> {
    return this.#enos.call('POST', `streaming/pipeline/${pipelineId}`, { orgId: this.orgId, action }, body);
  }

  /** Saves and releases a pipeline; `document` is given its id, which the names of its topics may have. */
  async create(name: string, document: JsonObject): Promise<ClusterPipeline> {
    const pipelineId = String(
      await this.call('null', 'save', {
        name,
        templateType: 1,
        version: '0.1.0',
        messageChannel: 0,
        pipelineJson: document,
      }),
    );
    await this.call(pipelineId, 'release');
    return new ClusterPipeline(this, pipelineId);
  }
}

const getJson = async (url: string): Promise<JsonValue> => {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as JsonValue;
};
