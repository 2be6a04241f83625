import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSlowly } from '../../kit/live.ts';
import { Empty, Queried } from '../../kit/notice.tsx';
import { Chart } from '../../plot/chart.tsx';
import { useText } from '../../reader/use-text.ts';
import { type ResourceName, USAGE_DAYS, usageQuery } from './resource-requests.ts';

interface UsageProps {
  readonly orgId: string;
  readonly resource: ResourceName;
}

type Points = readonly {
  readonly at: number;
  readonly granted: number | null;
  readonly used: number;
  readonly peak: number;
}[];

/** What was used of a resource over time, beside what was granted. */
export const Usage = ({ orgId, resource }: UsageProps) => {
  const { t } = useText();
  const usage = useQuery({ ...usageQuery(orgId, resource), refetchInterval: useSlowly(30) });
  return (
    <Queried query={usage} failed={t('resources.usageFailed')}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t('resources.noUsage')} hint={t('resources.noUsageHint')} />
        ) : (
          <Drawn resource={resource} points={items} />
        )
      }
    </Queried>
  );
};

/** A longer time is told by dates. */
const DATES_FROM_MS = 2 * 24 * 3600_000;

const Drawn = ({ resource, points }: { readonly resource: ResourceName; readonly points: Points }) => {
  const { t, number } = useText();
  const drawn = useMemo(
    () => ({
      seconds: points.map(({ at }) => at / 1000),
      lines: [
        { label: t('resources.peak'), values: points.map(({ peak }) => peak), tone: 'accent' as const },
        { label: t('resources.used'), values: points.map(({ used }) => used), tone: 'text-quiet' as const },
        { label: t('resources.granted'), values: points.map(({ granted }) => granted), tone: 'warn' as const },
      ],
    }),
    [points, t],
  );
  const title = t('resources.over', { name: t(`resources.of.${resource}`), days: number(USAGE_DAYS) });
  const isLong = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0) > DATES_FROM_MS;
  return <Chart title={title} {...drawn} isLong={isLong} hasPoints />;
};
