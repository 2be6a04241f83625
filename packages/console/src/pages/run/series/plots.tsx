import { useMemo } from 'react';
import page from '../../../kit/page.module.css';
import { Chart, type Line } from '../../../plot/chart.tsx';
import type { Marker } from '../../../plot/markers.ts';
import { useText } from '../../../reader/use-text.ts';
import { timeline } from '../figures/lines.ts';

/** A chart: lines with a value for each step of time. */
export interface Plot {
  readonly title: string;
  readonly lines: readonly Line[];
}

interface PlotsProps {
  /** Begins of the steps, Unix ms. */
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly plots: readonly Plot[];
  readonly markers: readonly Marker[];
  readonly onMarker?: ((marker: Marker) => void) | undefined;
  readonly isLong: boolean;
}

/** Charts over the same time. Of what nothing is known, none is drawn. */
export const Plots = ({ times, stepMs, plots, markers, onMarker, isLong }: PlotsProps) => {
  const drawn = useMemo(
    () =>
      plots
        .filter(({ lines }) => lines.some(({ values }) => values.some((value) => value !== null)))
        .map(({ title, lines }) => {
          const { seconds, columns } = timeline(
            times,
            stepMs,
            lines.map(({ values }) => values),
          );
          return { title, seconds, lines: lines.map((line, index) => ({ ...line, values: columns[index] ?? [] })) };
        }),
    [times, stepMs, plots],
  );
  return drawn.map((plot) => (
    <Chart key={plot.title} {...plot} markers={markers} onMarker={onMarker} isLong={isLong} />
  ));
};

/** Which clock the charts go by, and how much a point of them stands for. */
export const StepHint = ({ stepMs }: { readonly stepMs: number }) => {
  const { t, duration } = useText();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return <p className={page.hint}>{t('run.series.zone', { zone, step: duration(stepMs) })}</p>;
};
