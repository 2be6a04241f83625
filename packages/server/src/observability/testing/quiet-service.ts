import type { ServiceFacts } from '../service-metrics.ts';

/** An instance that does nothing. */
export const quietService: ServiceFacts = {
  isDatabaseAnswering: () => true,
  streams: () => 0,
  previews: () => 0,
  supervision: () => undefined,
};
