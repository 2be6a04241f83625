import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { type LetterFilters, showsAll } from '../../api/filters/letter-filters.ts';
import { pipelinesQuery } from '../../api/pipelines.ts';
import { lettersQuery } from '../../api/records/dead-letters.ts';
import { Button } from '../../kit/button.tsx';
import { useSlowly } from '../../kit/live.ts';
import { LiveLine } from '../../kit/live-line.tsx';
import page from '../../kit/page.module.css';
import { useText } from '../../reader/use-text.ts';
import styles from './dead-letters-page.module.css';
import { LetterGroups } from './letter-groups.tsx';
import { LetterList } from './letter-list.tsx';
import { LetterView } from './letter-view.tsx';
import { ReplayDialog } from './replay-dialog.tsx';

/** Names of pipelines, as far as one page of them goes; others are told by their id. */
const usePipelineNames = (orgId: string): ReadonlyMap<string, string> => {
  const { data } = useInfiniteQuery(pipelinesQuery(orgId, {}));
  return useMemo(
    () => new Map(data?.pages.flatMap(({ items }) => items.map(({ pipelineId, name }) => [pipelineId, name] as const))),
    [data],
  );
};

/** Older letters than those of the first page are there. */
const isLong = (data: { readonly pages: readonly unknown[] } | undefined): boolean => (data?.pages.length ?? 0) > 1;

/** Records that a stage refused: how many of what, one of them as it was, and sending them back. */
export const DeadLettersPage = () => {
  const { t } = useText();
  const { orgId } = useParams({ from: '/organizations/$orgId/dead-letters' });
  const filters = useSearch({ from: '/organizations/$orgId/dead-letters' });
  const navigate = useNavigate({ from: '/organizations/$orgId/dead-letters' });
  const names = usePipelineNames(orgId);
  // Dead letters are read from Kafka at each look, and are no race. Whoever goes through older ones is not followed by
  // having all of them read again, nor finds them in other places.
  const slowly = useSlowly();
  const list = useInfiniteQuery({
    ...lettersQuery(orgId, filters),
    refetchInterval: ({ state }) => (isLong(state.data) ? false : slowly),
  });
  const [replayed, setReplayed] = useState<readonly string[]>();
  const show = (next: LetterFilters) => void navigate({ search: next });
  return (
    <div className={page.page}>
      <div className={page.head}>
        <h1>{t('letters.title')}</h1>
        {!showsAll(filters) && <Button onClick={() => show({})}>{t('letters.clear')}</Button>}
        <span className={page.grow} />
        <LiveLine watched={list} isStill={isLong(list.data)} />
      </div>
      <LetterGroups orgId={orgId} filters={filters} names={names} onShow={show} />
      <div className={styles.columns}>
        <LetterList list={list} filters={filters} names={names} onShow={show} onReplay={setReplayed} />
        <LetterView orgId={orgId} letterId={filters.letter} onReplay={(id) => setReplayed([id])} />
      </div>
      {replayed !== undefined && <ReplayDialog orgId={orgId} ids={replayed} onClose={() => setReplayed(undefined)} />}
    </div>
  );
};
