import {
  advancedRowPath,
  type ClusterResources,
  type CuSize,
  clusterSizing,
  type Issue,
  isJsonObject,
  type JsonValue,
  type ResourceConfig,
} from '@penstock/model';

/** What a start in Cluster Mode is checked against, where a cluster is configured. */
export interface ClusterAdmission {
  readonly cu: CuSize;
  /** Why the cluster could never run this, even if it were empty. */
  whyNeverFits(resources: ClusterResources): Promise<string | undefined>;
}

export interface ClusterVerdict {
  /** With JSON Pointers into the body of the start request. */
  readonly issues: readonly Issue[];
  /** Set where the request is sound and still can never be met. */
  readonly objection?: string;
}

/** Can there be containers as asked for? Depends on the size of a CU and on the cluster, not on what is free now. */
export const checkClusterResources = async (
  admission: ClusterAdmission | undefined,
  resources: ResourceConfig,
  body: JsonValue,
): Promise<ClusterVerdict> => {
  if (admission === undefined || resources.mode !== 'cluster') return { issues: [] };
  const given = isJsonObject(body) && isJsonObject(body.resourceConfig) ? body.resourceConfig.advanced : undefined;
  const { value, issues } = clusterSizing(resources, admission.cu, '/resourceConfig', (name) =>
    advancedRowPath(given, '/resourceConfig/advanced', name),
  );
  if (value === undefined) return { issues };
  const objection = await admission.whyNeverFits(resources);
  return objection === undefined ? { issues } : { issues, objection };
};
