import { useQuery } from '@tanstack/react-query';
import type { LetterFilters } from '../../api/filters/letter-filters.ts';
import { letterGroupsQuery } from '../../api/records/dead-letters.ts';
import { useSlowly } from '../../kit/live.ts';
import { Empty, Failed, Loading } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useNow } from '../../reader/clock.ts';
import { useText } from '../../reader/use-text.ts';

interface LetterGroupsProps {
  readonly orgId: string;
  readonly filters: LetterFilters;
  readonly names: ReadonlyMap<string, string>;
  readonly onShow: (filters: LetterFilters) => void;
}

/** How many there are of what; choosing one shows its letters. */
export const LetterGroups = ({ orgId, filters, names, onShow }: LetterGroupsProps) => {
  const { t, number, duration, language } = useText();
  const now = useNow();
  // Ten thousand letters may be read for it.
  const found = useQuery({ ...letterGroupsQuery(orgId, undefined), refetchInterval: useSlowly(10) });
  if (found.isError && found.data === undefined)
    return <Failed title={t('letters.loadFailed')} error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Loading />;
  const { groups, counted, isWhole } = found.data;
  if (groups.length === 0) return <Empty title={t('letters.none')} hint={t('letters.noneHint')} />;
  const columns = [
    { name: t('letters.pipeline') },
    { name: t('letters.stage') },
    { name: t('letters.cause') },
    { name: t('letters.group.day') },
    { name: t('letters.group.count'), isNumber: true },
    { name: t('letters.group.oldest'), isNumber: true },
  ];
  return (
    <section className={page.section}>
      <h2>{t('letters.groups')}</h2>
      <Table label={t('letters.groups')} columns={columns}>
        {groups.map(({ pipelineId, stage, code, day, count, oldestAt }) => {
          const isShown =
            filters.pipelineId === pipelineId &&
            filters.stage === stage &&
            filters.code === code &&
            filters.day === day;
          return (
            <tr key={`${pipelineId} ${stage} ${code} ${day}`} className={isShown ? tableStyles.selected : undefined}>
              <td className={tableStyles.wide}>{names.get(pipelineId) ?? pipelineId}</td>
              <td className={tableStyles.wide}>{stage}</td>
              <td className={tableStyles.code}>
                <button
                  type="button"
                  className={page.link}
                  aria-pressed={isShown}
                  onClick={() => onShow({ pipelineId, stage, code, day })}
                >
                  {code}
                </button>
              </td>
              <td>
                {new Date(day).toLocaleDateString(language, {
                  timeZone: 'UTC',
                  year: 'numeric',
                  month: 'short',
                  day: 'numeric',
                })}
              </td>
              <td className={tableStyles.number}>{number(count)}</td>
              <td className={tableStyles.number}>{t('time.ago', { time: duration(now - oldestAt) })}</td>
            </tr>
          );
        })}
      </Table>
      <p className={page.hint}>{t(isWhole ? 'letters.whole' : 'letters.partial', { n: number(counted) })}</p>
    </section>
  );
};
