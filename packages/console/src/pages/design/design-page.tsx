import { PenstockError, type Pipeline } from '@penstock/client/session';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { OF_STAGES, pipelineQuery } from '../../api/pipelines.ts';
import { operatorsQuery, templatesQuery } from '../../api/references.ts';
import { fieldsOf } from '../../document/fields.ts';
import { NotFound } from '../../kit/not-found.tsx';
import { Empty, Failed, Loading } from '../../kit/notice.tsx';
import { usePreferences } from '../../reader/preferences.ts';
import { useText } from '../../reader/use-text.ts';
import { Designer } from './designer.tsx';
import { readStored } from './model/design-requests.ts';
import { useTried } from './use-tried.ts';

/** The design copy of a pipeline, to be worked on. What runs is not touched until it is released. */
export const DesignPage = () => {
  const { orgId, pipelineId } = useParams({ from: '/organizations/$orgId/pipelines/$pipelineId/design' });
  const pipeline = useQuery(pipelineQuery(pipelineId));
  if (pipeline.data !== undefined && pipeline.data.orgId === orgId)
    return <Loaded key={pipelineId} pipeline={pipeline.data} />;
  if (pipeline.data !== undefined) return <NotFound />;
  if (!pipeline.isError) return <Loading />;
  if (pipeline.error instanceof PenstockError && pipeline.error.status === 404) return <NotFound />;
  return <CouldNot error={pipeline.error} onRetry={() => void pipeline.refetch()} />;
};

const Loaded = ({ pipeline }: { readonly pipeline: Pipeline }) => {
  const { t } = useText();
  const { locale } = usePreferences();
  const { pipelineId } = pipeline;
  // Read once: what somebody works on does not change under their hands. A save says when somebody else was first.
  const stored = useQuery({
    queryKey: ['design', pipelineId],
    queryFn: () => readStored(pipelineId),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    structuralSharing: false,
  });
  const tried = useTried(pipeline, stored.data?.document);
  const operators = useQuery({ ...operatorsQuery(pipeline.orgId, locale), placeholderData: (before) => before });
  const isForm = pipeline.templateType !== OF_STAGES;
  const templates = useQuery({
    ...templatesQuery(locale),
    enabled: isForm,
    placeholderData: (before) => before,
  });
  const template = useMemo(() => {
    const found = templates.data?.find(({ templateType }) => templateType === pipeline.templateType);
    return found === undefined ? undefined : { ...found, fields: fieldsOf(found.form) };
  }, [templates.data, pipeline.templateType]);
  if (stored.isError) return <CouldNot error={stored.error} onRetry={() => void stored.refetch()} />;
  if (operators.isError) return <CouldNot error={operators.error} onRetry={() => void operators.refetch()} />;
  if (templates.isError) return <CouldNot error={templates.error} onRetry={() => void templates.refetch()} />;
  if (stored.data === undefined || operators.data === undefined || tried.isLoading) return <Loading />;
  if (isForm && templates.data === undefined) return <Loading />;
  if (isForm && template === undefined)
    return (
      <Empty title={t('design.templateUnknown', { n: pipeline.templateType })} hint={t('design.templateUnknownHint')} />
    );
  return (
    <Designer
      pipeline={pipeline}
      stored={stored.data}
      operators={operators.data}
      template={template}
      tried={tried.source}
    />
  );
};

const CouldNot = ({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) => {
  const { t } = useText();
  return <Failed title={t('run.loadFailed')} error={error} onRetry={onRetry} />;
};
