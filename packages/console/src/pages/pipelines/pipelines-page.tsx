import type { PipelineSummary } from '@penstock/client/session';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import type { Action } from '../../actions/action.ts';
import { useActions } from '../../actions/registry.ts';
import { isFiltered, type PipelineFilters } from '../../api/filters/pipeline-filters.ts';
import { pipelinesQuery } from '../../api/pipelines.ts';
import { mayDesign, mayOperate } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import { Button } from '../../kit/button.tsx';
import { useLiveInterval } from '../../kit/live.ts';
import { LiveLine } from '../../kit/live-line.tsx';
import { Empty, Failed, Loading } from '../../kit/notice.tsx';
import { BulkDialog, type WishedForMany } from '../../operate/bulk-dialog.tsx';
import { OperateDialog, type Wished } from '../../operate/operate-dialog.tsx';
import type { Operation } from '../../operate/possible.ts';
import { useText } from '../../reader/use-text.ts';
import { BulkBar } from './bulk-bar.tsx';
import { FilterBar } from './filter-bar.tsx';
import { NewPipeline } from './new-pipeline.tsx';
import { type Chosen, PipelineTable } from './pipeline-table.tsx';
import styles from './pipelines-page.module.css';
import { StateTabs } from './state-tabs.tsx';

const NOTHING: readonly PipelineSummary[] = [];

/** All pipelines of an organisation: what state each is in, from what evidence, and how it gets on. */
export const PipelinesPage = () => {
  const { t, number } = useText();
  const { orgId } = useParams({ from: '/organizations/$orgId/pipelines' });
  const filters = useSearch({ from: '/organizations/$orgId/pipelines' });
  const navigate = useNavigate({ from: '/organizations/$orgId/pipelines' });
  const list = useInfiniteQuery({
    ...pipelinesQuery(orgId, filters),
    refetchInterval: useLiveInterval(),
    placeholderData: (before) => before,
  });
  const isDesigner = mayDesign(useSession(), orgId);
  const search = useRef<HTMLInputElement>(null);
  useActions(useListActions(() => search.current?.focus()));
  const pipelines = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? NOTHING, [list.data]);
  const newest = list.data?.pages.at(-1);
  const filter = (next: PipelineFilters) => void navigate({ search: next, replace: true });
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{t('pipelines.title')}</h1>
        {isDesigner && <NewPipeline orgId={orgId} />}
        <LiveLine watched={list} />
      </div>
      <StateTabs filters={filters} counts={newest?.counts} onFilter={filter} />
      <FilterBar orgId={orgId} filters={filters} onFilter={filter} searchRef={search}>
        {newest !== undefined && (
          <span className={styles.count}>
            {t('pipelines.count', { shown: number(pipelines.length), total: number(newest.total ?? pipelines.length) })}
          </span>
        )}
      </FilterBar>
      {list.data === undefined && list.isError && (
        <Failed title={t('pipelines.loadFailed')} error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.data === undefined && !list.isError && <Loading />}
      {list.data !== undefined && pipelines.length === 0 && (
        <NoPipelines isFiltered={isFiltered(filters)} onClear={() => filter({})} />
      )}
      {pipelines.length > 0 && (
        <OperableTable
          key={orgId}
          orgId={orgId}
          pipelines={pipelines}
          toldAt={list.dataUpdatedAt}
          onEnd={() => list.hasNextPage && !list.isFetchingNextPage && void list.fetchNextPage()}
        />
      )}
    </div>
  );
};

const useListActions = (onSearch: () => void): readonly Action[] => {
  const latest = useRef(onSearch);
  latest.current = onSearch;
  return useMemo(
    (): readonly Action[] => [
      { id: 'list.search', group: 'do', label: 'actions.search', keys: '/', run: () => latest.current() },
    ],
    [],
  );
};

const NoPipelines = ({
  isFiltered: isNarrowed,
  onClear,
}: {
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}) => {
  const { t } = useText();
  if (!isNarrowed) return <Empty title={t('pipelines.none')} hint={t('pipelines.noneHint')} />;
  return (
    <Empty title={t('pipelines.noMatch')}>
      <Button onClick={onClear}>{t('pipelines.clearFilters')}</Button>
    </Empty>
  );
};

interface OperableTableProps {
  readonly orgId: string;
  readonly pipelines: readonly PipelineSummary[];
  readonly toldAt: number;
  readonly onEnd: () => void;
}

/** The table with what can be done with one of its rows, or with several. */
const OperableTable = ({ orgId, pipelines, toldAt, onEnd }: OperableTableProps) => {
  const isAllowed = mayOperate(useSession(), orgId);
  const [chosen, setChosen] = useState<Chosen>({});
  const [wished, setWished] = useState<Wished>();
  const [many, setMany] = useState<WishedForMany>();
  // What is not shown any more is not chosen either.
  const picked = pipelines.filter(({ pipelineId }) => chosen[pipelineId] === true);
  const wishForMany = (operation: Operation) =>
    setMany({ orgId, operation, pipelines: picked.map(({ pipelineId, name }) => ({ pipelineId, name })) });
  return (
    <>
      {picked.length > 0 && (
        <BulkBar pipelines={picked} isAllowed={isAllowed} onWish={wishForMany} onClear={() => setChosen({})} />
      )}
      <PipelineTable
        pipelines={pipelines}
        toldAt={toldAt}
        isAllowed={isAllowed}
        chosen={chosen}
        onChoose={setChosen}
        onWish={setWished}
        onEnd={onEnd}
      />
      {wished !== undefined && <OperateDialog wished={wished} onClose={() => setWished(undefined)} />}
      {many !== undefined && <BulkDialog wished={many} onClose={() => setMany(undefined)} />}
    </>
  );
};
