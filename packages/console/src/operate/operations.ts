import { resultOf } from '@penstock/client/session';
import { api } from '../api/client.ts';
import type { Operation } from './possible.ts';

/** How a pipeline is to be started. */
export interface StartRequest {
  readonly executionMode: 0 | 1;
  readonly kafkaRate: number;
  readonly resourceConfig: unknown;
}

export interface OneRequest {
  readonly pipelineId: string;
  readonly operation: Operation;
  readonly note: string;
  readonly start: StartRequest | undefined;
}

const noteOf = (note: string): { note?: string } => (note.trim() === '' ? {} : { note: note.trim() });

/** Asks for something of one pipeline. Errors: what the service refuses, with its code. */
export const operateOne = async ({ pipelineId, operation, note, start }: OneRequest): Promise<void> => {
  const params = { path: { pipelineId } };
  if (operation === 'pause')
    await resultOf(api.POST('/api/v1/pipelines/{pipelineId}/pause', { params, body: noteOf(note) }));
  else if (operation === 'stop')
    await resultOf(api.POST('/api/v1/pipelines/{pipelineId}/stop', { params, body: noteOf(note) }));
  else if (start === undefined) throw new TypeError('a start says how');
  else
    await resultOf(api.POST('/api/v1/pipelines/{pipelineId}/start', { params, body: { ...start, ...noteOf(note) } }));
};

/** Changes how fast a pipeline reads, in messages a second; a running one follows within seconds. */
export const changeRate = (pipelineId: string, kafkaRate: number, note: string) =>
  resultOf(
    api.PATCH('/api/v1/pipelines/{pipelineId}/run', {
      params: { path: { pipelineId } },
      body: { kafkaRate, ...noteOf(note) },
    }),
  );

export interface ManyRequest {
  readonly orgId: string;
  readonly pipelineIds: readonly string[];
  readonly operation: Operation;
  readonly note: string;
  readonly start: StartRequest | undefined;
}

/** Asks for the same of several pipelines, and gives what became of each. */
export const operateMany = async ({ orgId, pipelineIds, operation, note, start }: ManyRequest) => {
  const { results } = await resultOf(
    api.POST('/api/v1/organizations/{orgId}/pipelines/bulk', {
      params: { path: { orgId } },
      body: {
        action: operation,
        pipelineIds: [...pipelineIds],
        ...noteOf(note),
        ...(start === undefined ? {} : { start }),
      },
    }),
  );
  return results;
};
