import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { consumer, documentOf, processor, producer } from '@penstock/testkit';
import type { GoldenPipeline } from '../golden/golden-pipeline.ts';
import type { ClusterWorld, Organization } from './cluster-world.ts';

/** What a golden pipeline finds in its organisation. */
type Possessions = Pick<GoldenPipeline, 'assets' | 'ownLibraries' | 'references'>;

/**
 * An organisation of a real service that has what tests without one give to workers themselves: assets, libraries of its
 * own, and released pipelines with the points that reference data tells of.
 */
export const organizationWith = async (
  world: ClusterWorld,
  orgId: string,
  { assets, ownLibraries = [], references = {} }: Possessions,
): Promise<Organization> => {
  const organization = await world.organization(orgId);
  if (assets !== undefined) await organization.importAssets(assets);
  for (const library of ownLibraries) await organization.installLibrary(library);
  for (const [name, data] of Object.entries(references)) {
    if (name !== 'lineage') throw new Error(`nobody knows how a service comes to have "${name}"`);
    await organization.create('points', documentOfPoints(data));
  }
  return organization;
};

/** What an event of a run says of the lineage in use, where it is this one. */
export const lineageInUse = (lineage: JsonValue): string =>
  `read ${pointsIn(lineage, 'inputs').length} points and put out ${pointsIn(lineage, 'outputs').length})`;

const pointsIn = (data: JsonValue, side: string): string[] => {
  const points = isJsonObject(data) ? data[side] : undefined;
  if (!Array.isArray(points)) throw new Error(`a lineage has ${side}`);
  return points.map(String);
};

/** Reads all of the one and puts out all of the other: a released version of it is enough, it need not run. */
export const documentOfPoints = (lineage: JsonValue): JsonObject => {
  const [inputs, outputs] = [pointsIn(lineage, 'inputs'), pointsIn(lineage, 'outputs')];
  const rows = Array.from({ length: Math.max(inputs.length, outputs.length) }, (_, row) => ({
    inputPoint: inputs[row % inputs.length] ?? '',
    outputPoint: outputs[row % outputs.length] ?? '',
  }));
  return documentOf([
    consumer('points-in'),
    processor('LatePointTagger', { inputOutput: rows }, 'EDHKafkaConsumer_01'),
    producer('points-out', 'LatePointTagger_01'),
  ]);
};
