import {
  advancedRowPath,
  type ClusterResources,
  type CuSize,
  clusterSizing,
  isJsonObject,
  type JsonValue,
} from '@penstock/model';
import type { Admission } from '../mode.ts';
import type { YarnSetUp } from './set-up-yarn.ts';

const NOT_CONFIGURED =
  'No cluster is configured for this service. Use executionMode 0 (Standalone Mode), or set HADOOP_CONF_DIR, ' +
  'PENSTOCK_SPARK_JARS and PENSTOCK_SPARK_DRIVER_JAR.';

/** Can there be containers as asked for? Depends on the size of a CU and on the cluster, not on what is free now. */
export const admitToYarn = async (
  setUp: Pick<YarnSetUp, 'whyNeverFits'> | undefined,
  cu: CuSize,
  resources: ClusterResources,
  body: JsonValue,
): Promise<Admission> => {
  if (setUp === undefined) return { issues: [], objection: NOT_CONFIGURED };
  const given = isJsonObject(body) && isJsonObject(body.resourceConfig) ? body.resourceConfig.advanced : undefined;
  const { value, issues } = clusterSizing(resources, cu, '/resourceConfig', (name) =>
    advancedRowPath(given, '/resourceConfig/advanced', name),
  );
  if (value === undefined) return { issues };
  const objection = await setUp.whyNeverFits(resources);
  return objection === undefined ? { issues } : { issues, objection: `${objection} Ask for less.` };
};
