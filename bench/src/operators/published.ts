/**
 * What EnOS publishes of its operators ("Operator Performance Description", contract E.1; the HTTP client's is on the
 * page of library 0.3.0 alone): records per second of one CU, on two cores and 4 GB by the id of our operator. A
 * variant has the figure of its operator.
 */
const PUBLISHED: Readonly<Record<string, number>> = {
  'asset-lookup': 5750,
  'child-asset-lookup': 6350,
  'parent-asset-lookup': 5300,
  'point-lookup': 6000,
  'point-selector': 8100,
  'record-generator': 10_000,
  partitioner: 2800,
  'record-sorter-by-time': 8500,
  'fixed-time-window-aggregator': 3250,
  'sliding-time-window-aggregator': 3300,
  'batch-merger': 8100,
  'last-changed-record-appender': 3150,
  'latest-record-merger': 5050,
  'record-capturer': 6500,
  'record-restorer': 6500,
  'python-evaluator': 5150,
  javascript: 6050,
  'internal-http-client': 2000,
  'late-point-tagger': 6150,
  'off-limit-tagger': 4350,
  'last-record-appender': 3150,
  'cumulant-decomposer': 3050,
  'simplified-time-window-aggregator': 10_000,
};

/** Undefined: EnOS says nothing of it. */
export const publishedPerCu = (operatorId: string): number | undefined => PUBLISHED[operatorId.replace(/-new$/, '')];
