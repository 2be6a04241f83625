import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Action } from '../actions/action.ts';
import { useActions } from '../actions/registry.ts';
import { pipelinesQuery } from '../api/pipelines.ts';
import { useText } from '../reader/use-text.ts';

/** Offers the pipelines that were changed last, to be gone to, while it is shown. */
export const PipelineActions = ({ orgId }: { readonly orgId: string }) => {
  const { t } = useText();
  const navigate = useNavigate();
  const { data } = useInfiniteQuery({ ...pipelinesQuery(orgId, {}), staleTime: 30_000 });
  useActions(
    useMemo(
      (): readonly Action[] =>
        (data?.pages ?? []).flatMap(({ items }) =>
          items.map(({ pipelineId, name, description }) => ({
            id: `go.pipeline.${pipelineId}`,
            group: 'go',
            label: 'nav.pipelines',
            text: t('actions.goPipeline', { name }),
            keywords: [description],
            run: () =>
              void navigate({ to: '/organizations/$orgId/pipelines/$pipelineId', params: { orgId, pipelineId } }),
          })),
        ),
      [data, orgId, navigate, t],
    ),
  );
  return null;
};
