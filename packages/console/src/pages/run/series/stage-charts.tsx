import type { StageSeries } from '@penstock/client/session';
import { useMemo } from 'react';
import type { Graph, Stage } from '../../../graph/graph.ts';
import { Empty } from '../../../kit/notice.tsx';
import { Charts } from '../../../plot/chart.tsx';
import { useText } from '../../../reader/use-text.ts';
import { hasAny, perSecond } from '../figures/lines.ts';
import { type Plot, Plots, StepHint } from './plots.tsx';

interface StageChartsProps {
  readonly stage: Stage;
  readonly graph: Graph;
  readonly series: StageSeries;
  readonly isLong: boolean;
}

const NO_MARKERS = [] as const;

/** What a stage takes in, puts out, loses and costs, and what goes along each of its connections. */
export const StageCharts = ({ stage, graph, series, isLong }: StageChartsProps) => {
  const { t } = useText();
  const { times, stepMs, stages, edges } = series;
  const plots = useMemo((): readonly Plot[] | undefined => {
    const found = stages.find((each) => each.stage === stage.id);
    if (found === undefined) return undefined;
    const nameOf = (id: string): string => graph.stages.find((each) => each.id === id)?.label ?? id;
    const lost: readonly Plot[] = hasAny(found.errors, found.dropped)
      ? [
          {
            title: t('run.series.lost'),
            lines: [
              { label: t('run.stage.errors'), values: perSecond(found.errors, stepMs), tone: 'bad' },
              { label: t('run.stage.dropped'), values: perSecond(found.dropped, stepMs), tone: 'text-quiet' },
            ],
          },
        ]
      : [];
    return [
      {
        title: t('run.series.rate'),
        lines: [
          { label: t('run.stage.in'), values: perSecond(found.recordsIn, stepMs) },
          { label: t('run.stage.out'), values: perSecond(found.recordsOut, stepMs) },
        ],
      },
      {
        title: t('run.series.edges'),
        lines: edges
          .filter(({ from, to }) => from === stage.id || to === stage.id)
          .map(({ from, to, records }) => ({
            label:
              from === stage.id
                ? t('run.series.to', { name: nameOf(to) })
                : t('run.series.from', { name: nameOf(from) }),
            values: perSecond(records, stepMs),
          })),
      },
      {
        title: t('run.series.busy'),
        // So many tasks at a time: a task that is in it for half of each second is half of one.
        lines: [
          {
            label: t('run.series.busyLine'),
            values: found.busyMs.map((ms) => (ms === null ? null : ms / stepMs)),
            tone: 'warn',
          },
        ],
      },
      ...lost,
    ];
  }, [stages, edges, stepMs, stage.id, graph, t]);
  if (plots === undefined || times.length < 2) return <Empty title={t('run.series.noStage')} />;
  return (
    <>
      <Charts>
        <Plots times={times} stepMs={stepMs} plots={plots} markers={NO_MARKERS} isLong={isLong} />
      </Charts>
      <StepHint stepMs={stepMs} />
    </>
  );
};
