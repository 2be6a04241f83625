import type { DeadLetter } from '@penstock/client/session';
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { type LetterFilters, showsAll } from '../../api/filters/letter-filters.ts';
import { Button } from '../../kit/button.tsx';
import { Mark } from '../../kit/mark.tsx';
import { Empty, Failed, Loading } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { More, type PagedList } from '../../kit/table.tsx';
import { type LongColumn, LongTable } from '../../long-table/long-table.tsx';
import { useText } from '../../reader/use-text.ts';

/** What of a list this needs; the page asks for it. */
interface Letters extends PagedList {
  readonly data: { readonly pages: readonly { readonly items: readonly DeadLetter[] }[] } | undefined;
  readonly isError: boolean;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

interface LetterListProps {
  readonly list: Letters;
  readonly filters: LetterFilters;
  readonly names: ReadonlyMap<string, string>;
  readonly onShow: (filters: LetterFilters) => void;
  readonly onReplay: (ids: readonly string[]) => void;
}

const idOf = ({ id }: DeadLetter): string => id;

/** Dead letters, newest first; one is looked at, some are sent back. */
export const LetterList = ({ list, filters, names, onShow, onReplay }: LetterListProps) => {
  const { t, number, time } = useText();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  if (list.data === undefined && list.isError)
    return <Failed title={t('letters.loadFailed')} error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data === undefined) return <Loading />;
  const letters = list.data.pages.flatMap(({ items }) => items);
  const picked = letters.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const columns: readonly LongColumn<DeadLetter>[] = [
    {
      name: t('pipelines.column.select'),
      width: '4.6rem',
      cell: ({ id }) => (
        <input
          type="checkbox"
          aria-label={t('pipelines.select', { name: id })}
          checked={chosen.has(id)}
          onChange={() => toggle(id)}
        />
      ),
    },
    {
      name: t('letters.at'),
      width: 'minmax(7.5rem, 1fr)',
      cell: ({ id, at }) => (
        <button type="button" className={page.link} onClick={() => onShow({ ...filters, letter: id })}>
          {time(at)}
        </button>
      ),
    },
    { name: t('letters.cause'), width: 'minmax(9rem, 1.2fr)', kind: 'code', cell: ({ code }) => code },
    {
      name: t('letters.replayedAt'),
      width: 'minmax(7.8rem, 1fr)',
      cell: ({ replayedAt }) =>
        replayedAt === undefined ? (
          '–'
        ) : (
          <Mark tone="good" icon={Undo2}>
            {time(replayedAt)}
          </Mark>
        ),
    },
    {
      name: t('letters.pipeline'),
      width: 'minmax(8rem, 1.6fr)',
      cell: ({ pipelineId, stage }) => (
        <>
          {names.get(pipelineId) ?? pipelineId} <span className={page.hint}>{stage}</span>
        </>
      ),
    },
    {
      name: t('letters.place'),
      width: 'minmax(7rem, 1fr)',
      cell: (letter) => <span title={placeOf(letter)}>{shortPlaceOf(letter)}</span>,
    },
  ];
  const isAll = letters.length > 0 && picked.length === letters.length;
  const nothing = list.hasNextPage ? t('letters.looking') : t('letters.noMatch');
  return (
    <section className={page.section}>
      <div className={page.tools}>
        <h2>{t('letters.list')}</h2>
        <Button disabled={picked.length === 0} onClick={() => onReplay(picked)}>
          {t('letters.replayMany', { n: number(picked.length) })}
        </Button>
        <label>
          <input
            type="checkbox"
            checked={isAll}
            disabled={letters.length === 0}
            onChange={() => setChosen(isAll ? new Set() : new Set(letters.map(({ id }) => id)))}
          />{' '}
          {t('letters.selectAll')}
        </label>
      </div>
      {letters.length === 0 && !(showsAll(filters) && !list.hasNextPage) && <Empty title={nothing} />}
      {letters.length > 0 && (
        <LongTable
          label={t('letters.list')}
          columns={columns}
          rows={letters}
          keyOf={idOf}
          selected={filters.letter}
          minWidth="43rem"
          onEnd={() => list.hasNextPage && !list.isFetchingNextPage && void list.fetchNextPage()}
        />
      )}
      <More list={list} label={t('letters.more')} />
    </section>
  );
};

/** Topic, partition and offset of the message, and which of its records it is; nothing where no message led to it. */
export const placeOf = ({ source: { topic, partition, offset, place } }: DeadLetter): string =>
  partition < 0 ? '–' : `${topic} ${partition} @ ${offset}${place === undefined ? '' : ` # ${place.number}`}`;

/** Without the topic, which is usually that of all of them. */
const shortPlaceOf = ({ source: { partition, offset, place } }: DeadLetter): string =>
  partition < 0 ? '–' : `${partition} @ ${offset}${place === undefined ? '' : ` # ${place.number}`}`;
