import type { components } from './generated/api.ts';

type Schemas = components['schemas'];

/** What the API answers, by the names of its OpenAPI document. */
export type Pipeline = Schemas['Pipeline'];
export type PipelineSummary = Schemas['PipelineSummary'];
export type RunView = Schemas['RunView'];
export type Issue = Schemas['Issue'];
export type DeadLetter = Schemas['DeadLetter'];
export type PipelineVersion = Schemas['PipelineVersion'];
export type PipelineEvent = Schemas['PipelineEvent'];
export type Problem = Schemas['Problem'];
