import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { until } from '@penstock/testkit';
import type { ChaosCluster } from './chaos-cluster.ts';

/** Containers of an ended application are gone within seconds; those of a node that was away a little later. */
const GONE_MS = 90_000;
const ENDED = new Set(['FINISHED', 'FAILED', 'KILLED']);

/** What a chaos run has left of itself on YARN. */
export interface ClusterEnding {
  readonly applications: number;
  /** Attempts of YARN, of all applications together. */
  readonly attempts: number;
  readonly finalStatuses: Readonly<Record<string, number>>;
  /** Runs that had several applications, which a run never may: one line each. */
  readonly severalApplications: readonly string[];
  /** Applications that have not ended and processes that still run, when nothing should: one line each. */
  readonly leftBehind: readonly string[];
}

interface Application {
  readonly id: string;
  readonly state: string;
  readonly finalStatus: string;
  readonly tags: readonly string[];
  readonly attempts: number;
}

/** After the pipeline was paused: waits until everything is gone, and says what is not. */
export const clusterEnding = async (cluster: ChaosCluster): Promise<ClusterEnding> => {
  let leftBehind: string[] = [];
  try {
    await until('waiting for the end of all containers', GONE_MS, async () => {
      leftBehind = [...(await applications(cluster)).filter(isLive).map(described), ...cluster.watch.left()];
      return leftBehind.length === 0 ? true : undefined;
    });
  } catch (error) {
    // That is what the run is to find out; without anything to tell of, nobody answered.
    if (leftBehind.length === 0) throw error;
  }
  const all = await applications(cluster);
  const finalStatuses: Record<string, number> = {};
  for (const { finalStatus } of all) finalStatuses[finalStatus] = (finalStatuses[finalStatus] ?? 0) + 1;
  return {
    applications: all.length,
    attempts: all.reduce((sum, { attempts }) => sum + attempts, 0),
    finalStatuses,
    severalApplications: severalOf(all),
    leftBehind,
  };
};

const isLive = ({ state }: Application): boolean => !ENDED.has(state);
const described = ({ id, state }: Application): string => `${id} ${state}`;

/** The first tag of each run that several applications have. */
const severalOf = (all: readonly Application[]): string[] => {
  const byRun = Map.groupBy(all, ({ id, tags }) => tags.find((tag) => tag.startsWith('penstock-run-')) ?? id);
  return [...byRun]
    .filter(([, apps]) => apps.length > 1)
    .map(([run, apps]) => `${run}: ${apps.map(described).join(', ')}`);
};

const applications = async ({ yarn }: ChaosCluster): Promise<Application[]> => {
  const url = `${yarn.resourceManagerUrl}/ws/v1/cluster/apps`;
  const all = listOf(await getJson(url), 'apps', 'app');
  return Promise.all(
    all.map(async (app) => ({
      id: String(app.id),
      state: String(app.state),
      finalStatus: String(app.finalStatus),
      tags: String(app.applicationTags).split(','),
      attempts: listOf(await getJson(`${url}/${app.id}/appattempts`), 'appAttempts', 'appAttempt').length,
    })),
  );
};

/** YARN writes an empty list as null. */
const listOf = (answer: JsonValue, holder: string, name: string): JsonObject[] => {
  const held = isJsonObject(answer) ? answer[holder] : undefined;
  const list = isJsonObject(held) ? held[name] : undefined;
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
};

const getJson = async (url: string): Promise<JsonValue> => {
  const response = await fetch(url, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return (await response.json()) as JsonValue;
};
