import type { Pipeline } from '@penstock/client/session';
import { type ReactNode, useState } from 'react';
import page from '../../kit/page.module.css';
import { RateDialog } from '../../operate/rate-dialog.tsx';
import { useText } from '../../reader/use-text.ts';
import { eventLagOf } from './figures/event-lag.ts';
import styles from './run-page.module.css';

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

interface FactsProps {
  readonly pipeline: Pipeline;
  /** Whoever looks may operate it. */
  readonly isAllowed: boolean;
}

/** The figures of the whole pipeline. What is not known says so; dropped is shown even where it is nothing. */
export const Facts = ({ pipeline, isAllowed }: FactsProps) => {
  const { t, rate, number, bytes, time, duration } = useText();
  const [setsRate, setSetsRate] = useState(false);
  const { run, executionMode, kafkaRate, lag, throughput, version } = pipeline;
  const behind = eventLagOf(run);
  const isBad = pipeline.errorsTotal > 0;
  return (
    <dl className={styles.facts} aria-label={t('run.overview')}>
      <Fact name={t('pipelines.column.mode')}>
        {executionMode === null ? t('mode.none') : t(executionMode === 1 ? 'mode.1' : 'mode.0')}
      </Fact>
      {version !== null && <Fact name={t('run.version')}>{number(version)}</Fact>}
      <Fact name={t('pipelines.column.in')}>{rate(throughput.recordsInPerSecond)}</Fact>
      <Fact name={t('pipelines.column.out')}>{rate(throughput.recordsOutPerSecond)}</Fact>
      <Fact name={t('pipelines.column.limit')}>
        {kafkaRate === null ? t('value.unknown') : rate(kafkaRate)}{' '}
        {kafkaRate !== null && isAllowed && (
          <button
            type="button"
            className={page.link}
            aria-label={t('operate.rateOf', { name: pipeline.name })}
            onClick={() => setSetsRate(true)}
          >
            {t('resources.change')}
          </button>
        )}
        {kafkaRate !== null && setsRate && (
          <RateDialog
            pipelineId={pipeline.pipelineId}
            name={pipeline.name}
            kafkaRate={kafkaRate}
            onClose={() => setSetsRate(false)}
          />
        )}
      </Fact>
      <Fact name={t('pipelines.column.lag')}>
        {lag === null ? t('value.unknown') : t('pipelines.records', { n: number(lag) })}
        {lag !== null && behind !== undefined && ` · ${duration(behind)}`}
      </Fact>
      <Fact name={t('pipelines.column.errors')}>
        <span className={isBad ? page.bad : undefined}>{number(pipeline.errorsTotal)}</span>
      </Fact>
      <Fact name={t('pipelines.column.dropped')}>{number(pipeline.droppedTotal)}</Fact>
      {run?.worker != null && (
        <>
          <Fact name={t('run.memory')}>{bytes(run.worker.rssMb * 1024 * 1024)}</Fact>
          <Fact name={t('run.pid')}>
            {run.worker.host} {run.worker.pid}
          </Fact>
        </>
      )}
      {run !== null && <Fact name={t('run.since')}>{time(run.startedAt)}</Fact>}
      {run !== null && <Fact name={t('run.attempts')}>{number(pipeline.observed.attempts)}</Fact>}
    </dl>
  );
};
