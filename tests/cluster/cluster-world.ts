import type { TestContext } from 'node:test';
import type { LocalKafka, LocalYarn } from '@penstock/dev';
import type { JsonObject, JsonValue, OwnLibrary } from '@penstock/model';
import { type GivenStore, importOf, until } from '@penstock/testkit';
import { TopicAccess } from '@penstock/testkit/kafka';
import type { ServiceProcess } from '@penstock/testkit/service';
import { type Organization as EnosOrganization, World } from '@penstock/testkit/world';
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
  readonly #world: World;
  readonly yarn: LocalYarn;

  private constructor(world: World, yarn: LocalYarn) {
    this.#world = world;
    this.yarn = yarn;
  }

  static async start({ memoryMb = 12_288, vcores = 16, env = {} }: ClusterWorldOptions = {}): Promise<ClusterWorld> {
    const world = await World.start({ yarn: { memoryMb, vcores }, env });
    if (world.yarn === undefined) throw new Error('a world with YARN has none');
    return new ClusterWorld(world, world.yarn);
  }

  get folder(): string {
    return this.#world.folder;
  }

  get kafka(): LocalKafka {
    return this.#world.kafka;
  }

  get service(): ServiceProcess {
    return this.#world.service;
  }

  stop(): Promise<void> {
    return this.#world.stop();
  }

  connect(t: TestContext): Promise<TopicAccess> {
    return TopicAccess.connect(t, this.kafka.bootstrapServers);
  }

  /** An organisation with enough of everything, unless other grants are given. */
  async organization(orgId: string, grants: Readonly<Record<string, number>> = {}): Promise<Organization> {
    const enough = { standalone: 8, 'cluster-server': 100, 'cluster-yarn': 100, ...grants };
    return new Organization(this, await this.#world.organization(orgId, enough));
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

const INSTALL_MS = 60_000;

export class Organization {
  readonly world: ClusterWorld;
  readonly #organization: EnosOrganization;

  constructor(world: ClusterWorld, organization: EnosOrganization) {
    this.world = world;
    this.#organization = organization;
  }

  get orgId(): string {
    return this.#organization.orgId;
  }

  async importAssets(assets: GivenStore): Promise<void> {
    await this.world.service.admin('POST', `organizations/${this.orgId}/assets/import`, importOf(assets));
  }

  async installLibrary({ package: content }: OwnLibrary): Promise<void> {
    // Its cases are run first.
    const path = `/api/v1/organizations/${this.orgId}/libraries`;
    await this.world.service.request('POST', path, content, INSTALL_MS);
  }

  call(pipelineId: string, action: string, body?: JsonObject): Promise<JsonValue> {
    return this.#organization.call(pipelineId, action, body);
  }

  /** Saves and releases a pipeline; `document` is given its id, which the names of its topics may have. */
  async create(name: string, document: JsonObject): Promise<ClusterPipeline> {
    return new ClusterPipeline(this, await this.#organization.createPipeline(name, document));
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
