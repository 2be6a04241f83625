import { after, before, test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { TopicAccess } from '@penstock/testkit/kafka';
import { World } from '@penstock/testkit/world';
import { ClusterPipeline } from '../cluster/cluster-pipeline.ts';
import { originToCal } from './origin-to-cal.ts';

let world: World;
before(async () => {
  world = await World.start();
});
after(() => world?.stop());

test('Standalone Mode: what devices upload is stored once, over a change of the lineage, and nobody restarts', async (t) => {
  const organization = await world.organization('flow', { standalone: 8 });
  const owner = { world, orgId: organization.orgId, call: organization.call.bind(organization) };
  const create = async (name: string, document: JsonObject): Promise<ClusterPipeline> =>
    new ClusterPipeline(owner, await organization.createPipeline(name, document));
  const access = await TopicAccess.connect(t, world.kafka.bootstrapServers);
  await originToCal(t, { access, organization: { ...owner, create }, mode: 0 });
});
