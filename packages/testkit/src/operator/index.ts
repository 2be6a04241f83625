export type { ShownCase } from './case-files.ts';
export { MemoryPipeline, type MemoryPipelineOptions } from './memory-pipeline.ts';
export { besideOf, needsRuntime, testOperatorCases } from './operator-cases.ts';
export { testOperatorConformance, testRunning } from './operator-conformance.ts';
export {
  type HarnessOptions,
  OperatorHarness,
  type OperatorRun,
  runOperator,
  testPipeline,
  validateConfig,
} from './operator-harness.ts';
