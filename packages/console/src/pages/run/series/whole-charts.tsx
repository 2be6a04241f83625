import type { Series, StageSeries } from '@penstock/client/session';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { type SeriesRange, seriesQuery } from '../../../api/run.ts';
import { useSlowly } from '../../../kit/live.ts';
import { Empty, Queried } from '../../../kit/notice.tsx';
import { Charts } from '../../../plot/chart.tsx';
import type { Marker } from '../../../plot/markers.ts';
import { useText } from '../../../reader/use-text.ts';
import { hasAny, timeLinesOf, wholeLinesOf } from '../figures/lines.ts';
import { Markers, useMarkers } from './markers.tsx';
import { type Plot, Plots, StepHint } from './plots.tsx';

interface WholeChartsProps {
  readonly pipelineId: string;
  readonly range: SeriesRange;
  /** Undefined until it has come: what tasks spend their time on follows then. */
  readonly stages: StageSeries | undefined;
}

/** Rates, lag, what did not go on, and what tasks spend their time on. */
export const WholeCharts = ({ pipelineId, range, stages }: WholeChartsProps) => {
  const { t } = useText();
  // A sample comes every fifteen seconds.
  const series = useQuery({ ...seriesQuery(pipelineId, range), refetchInterval: useSlowly(range === 'hour' ? 5 : 30) });
  return (
    <Queried query={series} failed={t('run.series.failed')}>
      {(found) =>
        found.points.length < 2 ? (
          <Empty title={t('run.series.none')} />
        ) : (
          <Found pipelineId={pipelineId} series={found} stages={stages} isLong={range === 'week'} />
        )
      }
    </Queried>
  );
};

interface FoundProps {
  readonly pipelineId: string;
  readonly series: Series;
  readonly stages: StageSeries | undefined;
  readonly isLong: boolean;
}

const Found = ({ pipelineId, series, stages, isLong }: FoundProps) => {
  const { t } = useText();
  const { stepMs, points } = series;
  const [chosen, setChosen] = useState<number>();
  const markers = useMarkers(series.markers, chosen);
  const choose = useCallback(({ at }: Marker) => setChosen(Math.round(at * 1000)), []);
  const times = useMemo(() => points.map(({ at }) => at), [points]);
  const plots = useMemo((): readonly Plot[] => {
    const lines = wholeLinesOf({ points, stepMs });
    const lost: readonly Plot[] = hasAny(lines.errors, lines.dropped)
      ? [
          {
            title: t('run.series.lost'),
            lines: [
              { label: t('run.stage.errors'), values: lines.errors, tone: 'bad' },
              { label: t('run.stage.dropped'), values: lines.dropped, tone: 'text-quiet' },
            ],
          },
        ]
      : [];
    return [
      {
        title: t('run.series.rate'),
        lines: [
          { label: t('run.series.in'), values: lines.read },
          { label: t('run.series.out'), values: lines.written },
        ],
      },
      { title: t('run.series.lag'), lines: [{ label: t('run.lag'), values: lines.lag, tone: 'warn' }] },
      {
        title: t('run.series.eventLag'),
        lines: [{ label: t('run.series.behind'), values: lines.behind, tone: 'warn' }],
      },
      ...lost,
    ];
  }, [points, stepMs, t]);
  return (
    <>
      <Charts>
        <Plots times={times} stepMs={stepMs} plots={plots} markers={markers} onMarker={choose} isLong={isLong} />
        {stages !== undefined && <TimeUse series={stages} markers={markers} onMarker={choose} isLong={isLong} />}
      </Charts>
      <StepHint stepMs={stepMs} />
      <Markers pipelineId={pipelineId} markers={series.markers} chosen={chosen} onChoose={setChosen} />
    </>
  );
};

interface TimeUseProps {
  readonly series: StageSeries;
  readonly markers: readonly Marker[];
  readonly onMarker: (marker: Marker) => void;
  readonly isLong: boolean;
}

/** What tasks of each part of the plan work and wait for. */
const TimeUse = ({ series, markers, onMarker, isLong }: TimeUseProps) => {
  const { t, number } = useText();
  const { parts, times, stepMs } = series;
  const plots = useMemo(
    () =>
      parts.map((part): Plot => {
        const { work, idle, rateWait, commit } = timeLinesOf(part);
        return {
          title: parts.length === 1 ? t('run.series.time') : t('run.series.timeOf', { n: number(part.part) }),
          lines: [
            { label: t('run.series.work'), values: work },
            { label: t('run.series.idle'), values: idle, tone: 'text-quiet' },
            { label: t('run.series.rateWait'), values: rateWait, tone: 'warn' },
            { label: t('run.series.commit'), values: commit, tone: 'good' },
          ],
        };
      }),
    [parts, t, number],
  );
  return <Plots times={times} stepMs={stepMs} plots={plots} markers={markers} onMarker={onMarker} isLong={isLong} />;
};
