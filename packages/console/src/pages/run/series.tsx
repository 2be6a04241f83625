import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { SERIES_MS, seriesQuery } from '../../api/run.ts';
import { useSlowly } from '../../kit/live.ts';
import { Empty, Failed, Loading } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { useText } from '../../reader/use-text.ts';
import { Chart, type Line } from './chart.tsx';
import { linesOf } from './figures/figures.ts';
import styles from './run-page.module.css';

/** Throughput and lag of the last hour, as the service has sampled them. */
export const Series = ({ pipelineId }: { readonly pipelineId: string }) => {
  const { t, duration } = useText();
  // A sample comes every fifteen seconds.
  const series = useQuery({ ...seriesQuery(pipelineId), refetchInterval: useSlowly() });
  const lines = useMemo(() => (series.data === undefined ? undefined : linesOf(series.data)), [series.data]);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const rates: readonly Line[] | undefined = lines && [
    { label: t('run.series.in'), values: lines.read, tone: 'accent' },
    { label: t('run.series.out'), values: lines.written, tone: 'good' },
  ];
  return (
    <section className={page.section}>
      <h2>
        {t('run.series')}{' '}
        <span className={page.hint}>{t('run.series.range', { time: duration(SERIES_MS), zone })}</span>
      </h2>
      {series.isError && lines === undefined && (
        <Failed title={t('run.loadFailed')} error={series.error} onRetry={() => void series.refetch()} />
      )}
      {!series.isError && lines === undefined && <Loading />}
      {lines !== undefined && lines.seconds.length < 2 && <Empty title={t('run.series.none')} />}
      {lines !== undefined && rates !== undefined && lines.seconds.length >= 2 && (
        <div className={styles.columns}>
          <Chart title={t('run.series.rate')} seconds={lines.seconds} lines={rates} />
          <Chart
            title={t('run.series.lag')}
            seconds={lines.seconds}
            lines={[{ label: t('run.lag'), values: lines.lag, tone: 'warn' }]}
          />
        </div>
      )}
    </section>
  );
};
