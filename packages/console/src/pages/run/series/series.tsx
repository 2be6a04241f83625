import { useQuery } from '@tanstack/react-query';
import { type RunSearch, SERIES_RANGES, stageSeriesQuery } from '../../../api/run.ts';
import type { Graph } from '../../../graph/graph.ts';
import { Button } from '../../../kit/button.tsx';
import { SelectField } from '../../../kit/field.tsx';
import { useSlowly } from '../../../kit/live.ts';
import { Queried } from '../../../kit/notice.tsx';
import page from '../../../kit/page.module.css';
import { useText } from '../../../reader/use-text.ts';
import { StageCharts } from './stage-charts.tsx';
import { WholeCharts } from './whole-charts.tsx';

interface SeriesProps {
  readonly pipelineId: string;
  readonly graph: Graph;
  readonly search: RunSearch;
  readonly onSearch: (search: RunSearch) => void;
}

/** Figures over time: of the whole pipeline, or of the stage that is chosen. */
export const Series = ({ pipelineId, graph, search, onSearch }: SeriesProps) => {
  const { t, time } = useText();
  const { range = 'hour', stage: chosen } = search;
  const interval = useSlowly(range === 'hour' ? 5 : 30);
  const stages = useQuery({ ...stageSeriesQuery(pipelineId, range), refetchInterval: interval });
  const stage = graph.stages.find(({ id }) => id === chosen);
  const title = stage === undefined ? t('run.series') : t('run.series.ofStage', { name: stage.label });
  const isLong = range === 'week';
  return (
    <section className={page.section} aria-label={title}>
      <div className={page.head}>
        <h2>{title}</h2>
        {stage !== undefined && (
          <Button
            onClick={() => {
              const { stage: _stage, ...others } = search;
              onSearch(others);
            }}
          >
            {t('run.series.whole')}
          </Button>
        )}
        <SelectField
          hideLabel
          label={t('run.series.range')}
          value={range}
          options={SERIES_RANGES.map((value) => ({ value, text: t(`run.series.range.${value}`) }))}
          onChange={({ target }) => {
            const { range: _range, ...others } = search;
            const next = SERIES_RANGES.find((each) => each === target.value);
            onSearch(next === undefined || next === 'hour' ? others : { ...others, range: next });
          }}
        />
      </div>
      {stage === undefined ? (
        <WholeCharts pipelineId={pipelineId} range={range} stages={stages.data} />
      ) : (
        <Queried query={stages} failed={t('run.series.failed')}>
          {(found) => <StageCharts key={stage.id} stage={stage} graph={graph} series={found} isLong={isLong} />}
        </Queried>
      )}
      {stages.data != null && stages.data.cutBefore !== null && (
        <p className={page.hint}>{t('run.series.cut', { time: time(stages.data.cutBefore) })}</p>
      )}
    </section>
  );
};
