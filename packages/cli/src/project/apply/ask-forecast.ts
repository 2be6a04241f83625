import { setTimeout as delay } from 'node:timers/promises';
import { PenstockError, resultOf } from '@penstock/client';
import type { ReleaseForecast } from '@penstock/model';
import type { CommandContext } from '../../context.ts';
import type { ProjectPipeline } from '../folder/read-project.ts';

/** What a start would do to what the pipeline keeps; or why that is not known. */
export type Forecast = ReleaseForecast | { readonly unknown: string };

/** The service looks up as many at once as it runs previews. */
const TRIES = 30;
const PAUSE_MS = 1000;

/** Asks the service. That Kafka cannot be asked is an answer; errors: all others. */
export const forecastOf = async (
  context: CommandContext,
  pipelineId: string,
  { document, messageChannel }: ProjectPipeline,
): Promise<Forecast> => {
  for (let attempt = 1; ; attempt++)
    try {
      const { forecast, issues } = await resultOf(
        context.client.api.POST('/api/v1/pipelines/{pipelineId}/release-forecast', {
          params: { path: { pipelineId } },
          body: { document, messageChannel },
          signal: context.signal,
        }),
      );
      return forecast ?? { unknown: `the document would not run: ${issues[0]?.message ?? 'it has errors'}` };
    } catch (error) {
      if (!(error instanceof PenstockError)) throw error;
      if (error.code === 'PREVIEW_BUSY' && attempt < TRIES) {
        await delay(PAUSE_MS, undefined, { signal: context.signal });
        continue;
      }
      if (error.status === 503 || error.status === 422 || error.status === 429)
        return { unknown: `${error.message} [${error.code}]` };
      throw error;
    }
};
