import 'uplot/dist/uPlot.min.css';
import { useEffect, useMemo, useRef } from 'react';
import UPlot from 'uplot';
import { useScheme } from '../../reader/use-scheme.ts';
import { useText } from '../../reader/use-text.ts';
import styles from './run-page.module.css';

export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** A colour of the tokens. */
  readonly tone: 'accent' | 'good' | 'warn';
}

interface ChartProps {
  readonly title: string;
  /** Unix seconds. */
  readonly seconds: readonly number[];
  readonly lines: readonly Line[];
}

const HEIGHT = 170;
/** Lines are told apart by their dashes too. */
const DASHES: readonly number[][] = [[], [6, 3]];
/** Charts of a page show the same moment under the pointer. */
const SYNC = 'penstock';

/** The colour of a token as it is now: a canvas knows no variables. */
const colourOf = (element: HTMLElement, token: string): string => {
  const probe = document.createElement('span');
  probe.style.color = `var(--${token})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
};

/** Lines over time. What is missing is a gap. */
export const Chart = ({ title, seconds, lines }: ChartProps) => {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const { language, number } = useText();
  const scheme = useScheme();
  const data = useMemo(
    (): UPlot.AlignedData => [[...seconds], ...lines.map(({ values }) => [...values])],
    [seconds, lines],
  );
  const latest = useRef(data);
  latest.current = data;
  const looks = lines.map(({ label, tone }) => `${label} ${tone}`).join('|');
  // biome-ignore lint/correctness/useExhaustiveDependencies: made anew where language, colours or lines change
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new UPlot(optionsOf(element, lines, language), latest.current, element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [language, scheme, looks]);
  useEffect(() => plot.current?.setData(data), [data]);
  const last = lines.map(
    ({ label, values }) => `${label} ${number(Math.round(values.findLast((value) => value !== null) ?? 0))}`,
  );
  return (
    <figure className={styles.figure}>
      <figcaption>{title}</figcaption>
      <div ref={place} className={styles.chart} role="img" aria-label={`${title}: ${last.join(', ')}`} />
    </figure>
  );
};

const optionsOf = (element: HTMLElement, lines: readonly Line[], language: string): UPlot.Options => {
  const text = colourOf(element, 'text-quiet');
  const grid = colourOf(element, 'line');
  const format = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
  const shownValue = (value: number | null): string => (value === null ? '–' : format.format(value));
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { sync: { key: SYNC } },
    scales: { y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        space: 80,
        values: (_plot, splits) =>
          splits.map((split) =>
            new Date(split * 1000).toLocaleTimeString(language, {
              hour: '2-digit',
              minute: '2-digit',
              second: '2-digit',
              hour12: false,
            }),
          ),
      },
      { ...axis, size: 62, values: (_plot, splits) => splits.map((split) => format.format(split)) },
    ],
    series: [
      {
        value: (_plot, at) => (at === null ? '–' : new Date(at * 1000).toLocaleTimeString(language, { hour12: false })),
      },
      ...lines.map(({ label, tone }, index) => ({
        label,
        stroke: colourOf(element, tone),
        width: 1.5,
        dash: DASHES[index % DASHES.length] ?? [],
        spanGaps: false,
        points: { show: false },
        value: (_plot: UPlot, value: number | null) => shownValue(value),
      })),
    ],
  };
};
