import {
  AppError,
  type JsonObject,
  type KafkaSettings,
  type PipelineFacts,
  type ReleaseForecast,
} from '@penstock/model';
import type { PreviewRunner } from '../preview/preview-runner.ts';
import { historyOf } from '../runs/run-spec.ts';
import { findPipeline } from '../use-case/find-pipeline.ts';
import type { Target, UseCaseDeps } from '../use-case/use-case.ts';

export interface ForecastDeps extends UseCaseDeps {
  readonly previews: PreviewRunner;
  readonly kafka: KafkaSettings | undefined;
}

/**
 * What the next start would make of what the pipeline keeps in Kafka, if the document were released. Looked up by the
 * worker's own comparisons, in a process of its own like a preview, since it compiles with what Kafka says. Of a pipeline
 * that keeps nothing it is known without asking anybody. Errors: `PIPELINE_UNKNOWN`, `KAFKA_NOT_CONFIGURED`, those of a
 * preview; a Kafka that does not answer is the failure.
 */
export const forecastRelease = async (
  deps: ForecastDeps,
  target: Pick<Target, 'orgId' | 'pipelineId'>,
  { document, facts }: { readonly document: JsonObject; readonly facts: PipelineFacts },
): Promise<ReleaseForecast | { readonly failure: { readonly code: string; readonly message: string } }> => {
  const { keepsState } = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
  if (!keepsState) return { isKept: false, states: [], cuts: [], positions: [], refusals: [] };
  if (deps.kafka === undefined)
    return {
      failure: { code: 'KAFKA_NOT_CONFIGURED', message: 'No Kafka is configured: set KAFKA_BOOTSTRAP_SERVERS.' },
    };
  const forecast = await historyOf(deps.store, { pipelineId: target.pipelineId });
  const reply = await deps.previews.run({ document, facts, kafka: deps.kafka, forecast });
  if (reply.failure !== undefined) return { failure: reply.failure };
  if (reply.forecast !== undefined) return reply.forecast;
  throw new AppError('PREVIEW_CRASHED', 'The process answered without a forecast.', { domain: 'internal' });
};
