import type { Pipeline } from '@penstock/client/session';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { bottleneckQuery, type RunSearch } from '../../api/run.ts';
import type { Graph } from '../../graph/graph.ts';
import { useSlowly } from '../../kit/live.ts';
import { LimitPanel } from './limit/limit-panel.tsx';
import { limitsOf } from './limit/limits.ts';
import { Series } from './series/series.tsx';
import { Stages } from './stages.tsx';

interface DrawnProps {
  readonly pipeline: Pipeline;
  readonly graph: Graph;
  readonly toldAt: number;
}

/** The pipeline as a picture, what holds it back, and figures over time of it or of the stage that is chosen. */
export const Drawn = ({ pipeline, graph, toldAt }: DrawnProps) => {
  const { pipelineId } = pipeline;
  const search = useSearch({ from: '/organizations/$orgId/pipelines/$pipelineId' });
  const navigate = useNavigate({ from: '/organizations/$orgId/pipelines/$pipelineId' });
  const show = (next: RunSearch): void => void navigate({ replace: true, search: next });
  const isRunning = pipeline.run !== null && pipeline.run.endedAt === null;
  const bottleneck = useQuery({ ...bottleneckQuery(pipelineId), enabled: isRunning, refetchInterval: useSlowly() });
  const found = isRunning ? bottleneck.data : undefined;
  const limits = useMemo(() => limitsOf(found, graph), [found, graph]);
  return (
    <>
      <Stages
        pipeline={pipeline}
        graph={graph}
        limits={limits}
        toldAt={toldAt}
        selected={search.stage}
        onSelect={(stage) => {
          const { stage: _stage, ...others } = search;
          show(stage === undefined ? others : { ...others, stage });
        }}
      />
      {isRunning && <LimitPanel query={bottleneck} graph={graph} />}
      <Series pipelineId={pipelineId} graph={graph} search={search} onSearch={show} />
    </>
  );
};
