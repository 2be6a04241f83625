import type { ChaosScenario } from './scenario.ts';
import { statefulScenario } from './stateful/stateful-scenario.ts';
import { wideScenario } from './wide/wide-scenario.ts';

/** How each pipeline of the chaos test is set up; what it has beside the service (servers of its own) is running then. */
export const SCENARIOS = {
  stateful: async (): Promise<ChaosScenario> => statefulScenario,
  wide: (): Promise<ChaosScenario> => wideScenario(),
} as const;

export type ScenarioName = keyof typeof SCENARIOS;
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];
