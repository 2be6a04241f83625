import type { TopicRecord } from '@penstock/client/session';
import { useMemo } from 'react';
import type { TopicLook } from '../../api/filters/topic-filters.ts';
import { Button } from '../../kit/button.tsx';
import { SearchField } from '../../kit/field.tsx';
import { Empty } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { More, type PagedList } from '../../kit/table.tsx';
import { type LongColumn, LongTable } from '../../long-table/long-table.tsx';
import { useText } from '../../reader/use-text.ts';
import { hasText, textOfPart } from './shown-part.ts';
import styles from './topics.module.css';

interface TopicRecordsProps {
  readonly list: PagedList;
  readonly pages: readonly { readonly items: readonly TopicRecord[] }[];
  readonly look: TopicLook;
  readonly onShow: (look: TopicLook, replace?: boolean) => void;
}

/** By its place. */
export const idOfRecord = ({ partition, offset }: TopicRecord): string => `${partition}-${offset}`;

/** So much of a value is given to a line; the browser cuts it where there is less room. */
const LINE = 200;

/** The records that were found, each in a line; one is chosen to be looked at. */
export const TopicRecords = ({ list, pages, look, onShow }: TopicRecordsProps) => {
  const { t, number, time } = useText();
  const { text = '', ...place } = look;
  const records = useMemo(() => pages.flatMap(({ items }) => items), [pages]);
  const shown = useMemo(
    () => (text === '' ? records : records.filter((record) => hasText(record, text))),
    [records, text],
  );
  const search = (next: string): void => onShow(next === '' ? place : { ...place, text: next }, true);
  if (records.length === 0 && !list.hasNextPage) return <Empty title={t('look.none')} hint={t('look.noneHint')} />;
  const columns: readonly LongColumn<TopicRecord>[] = [
    {
      name: t('look.written'),
      width: 'minmax(7.5rem, 1fr)',
      cell: ({ timestamp }) => (timestamp === null ? '–' : time(timestamp)),
    },
    { name: t('look.partition'), width: '5.2rem', kind: 'number', cell: ({ partition }) => partition },
    {
      name: t('look.offset'),
      width: '6rem',
      kind: 'number',
      cell: (record) => {
        const id = idOfRecord(record);
        return (
          <button
            type="button"
            className={page.link}
            aria-pressed={id === look.record}
            aria-label={t('look.show', { partition: record.partition, offset: record.offset })}
            onClick={() => onShow({ ...look, record: id }, true)}
          >
            {record.offset}
          </button>
        );
      },
    },
    {
      name: t('record.key'),
      width: 'minmax(7rem, 1fr)',
      kind: 'code',
      cell: ({ key }) => textOfPart(key)?.slice(0, LINE) ?? '–',
    },
    {
      name: t('record.value'),
      width: 'minmax(11rem, 3fr)',
      kind: 'code',
      cell: ({ value }) => textOfPart(value)?.slice(0, LINE) ?? t('look.tombstone'),
    },
  ];
  return (
    <section className={page.section}>
      <div className={`${page.tools} ${styles.search}`} role="search">
        <h2>{t('letters.list')}</h2>
        <SearchField label={t('look.filter')} value={text} onSearch={search} />
        <span className={page.hint} role="status">
          {text === ''
            ? t('look.loaded', { n: number(records.length) })
            : t('look.matching', { n: number(shown.length), total: number(records.length) })}
        </span>
      </div>
      {shown.length === 0 ? (
        <Empty title={t('look.noneMatches')} {...(list.hasNextPage ? { hint: t('look.noneMatchesHint') } : {})}>
          <Button onClick={() => search('')}>{t('letters.clear')}</Button>
        </Empty>
      ) : (
        <LongTable
          label={t('letters.list')}
          columns={columns}
          rows={shown}
          keyOf={idOfRecord}
          selected={look.record}
          minWidth="38rem"
        />
      )}
      <More list={list} label={t(isForward(look) ? 'look.later' : 'letters.more')} />
    </section>
  );
};

const isForward = ({ offset, since }: TopicLook): boolean => offset !== undefined || since !== undefined;
