import type { Pipeline } from '@penstock/client/session';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { documentQuery } from '../../api/run.ts';
import { type Graph, graphOf } from '../../graph/graph.ts';

/** Stages and connections of the document that a pipeline runs by, or would. */
export const useGraph = (pipeline: Pipeline): UseQueryResult<Graph> =>
  useQuery({ ...documentQuery(pipeline), select: graphOf });
