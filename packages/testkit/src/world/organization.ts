import type { JsonObject, JsonValue } from '@penstock/model';
import { IndependentEnosClient } from '../service/independent-enos-client.ts';
import type { ServiceProcess } from '../service/service-process.ts';

/** CU by resource type, as `PUT …/grants/{resource}` takes them. */
export type Grants = Readonly<Record<string, number>>;

/** An organisation of a running service, seen through the EnOS API by a client that shares no code with it. */
export class Organization {
  readonly orgId: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly #enos: IndependentEnosClient;

  private constructor(orgId: string, baseUrl: string, accessKey: string, secretKey: string) {
    this.orgId = orgId;
    this.accessKey = accessKey;
    this.secretKey = secretKey;
    this.#enos = new IndependentEnosClient({ baseUrl, accessKey, secretKey });
  }

  /** Makes the organisation with an access key and what it is granted. */
  static async create(service: ServiceProcess, orgId: string, grants: Grants): Promise<Organization> {
    await service.admin('POST', 'organizations', { orgId, name: orgId });
    const path = `organizations/${orgId}`;
    const keys = (await service.admin('POST', `${path}/access-keys`, { name: 'test' })) as JsonObject;
    for (const [resource, cu] of Object.entries(grants))
      await service.admin('PUT', `${path}/grants/${resource}`, { cu });
    // Tests name topics of their own.
    await service.admin('PUT', `${path}/topic-grants`, { pattern: '*', read: true, write: true });
    return new Organization(orgId, service.baseUrl, String(keys.accessKey), String(keys.secretKey));
  }

  /** A signed call for a pipeline; `null` for one that is yet to be. */
  call(pipelineId: string, action: string, body?: JsonObject): Promise<JsonValue> {
    return this.#enos.call('POST', `streaming/pipeline/${pipelineId}`, { orgId: this.orgId, action }, body);
  }

  /** Any signed GET of the EnOS API. */
  get(path: string, query: Readonly<Record<string, string>> = {}): Promise<JsonValue> {
    return this.#enos.call('GET', path, { orgId: this.orgId, ...query });
  }

  /** Saves and releases a pipeline; resolves to its id. */
  async createPipeline(name: string, pipelineJson: JsonObject): Promise<string> {
    const draft = { name, templateType: 1, version: '0.1.0', messageChannel: 0, pipelineJson };
    const pipelineId = String(await this.call('null', 'save', draft));
    await this.call(pipelineId, 'release');
    return pipelineId;
  }
}
