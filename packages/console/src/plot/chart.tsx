import 'uplot/dist/uPlot.min.css';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import UPlot from 'uplot';
import { useScheme } from '../reader/use-scheme.ts';
import { useText } from '../reader/use-text.ts';
import styles from './chart.module.css';
import { drawMarkers, type Marker, markerAt } from './markers.ts';

export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** A colour of the tokens; without it each line has the next one. */
  readonly tone?: Tone;
}

/** Colours of lines, in the order in which they are given out. */
const TONES = ['accent', 'good', 'warn', 'bad', 'text-quiet'] as const;
type Tone = (typeof TONES)[number];

interface ChartProps {
  readonly title: string;
  /** Unix seconds. */
  readonly seconds: readonly number[];
  readonly lines: readonly Line[];
  /** What happened meanwhile. */
  readonly markers?: readonly Marker[];
  /** Told when the line of a marker is clicked at; without a pointer it is chosen elsewhere. */
  readonly onMarker?: ((marker: Marker) => void) | undefined;
  /** Days are drawn, and not hours. */
  readonly isLong?: boolean;
  /** Each value is marked: there may be one alone. */
  readonly hasPoints?: boolean;
}

const HEIGHT = 170;
/** What is drawn around a moment that is the only one, s. */
const ALONE_S = 3600;
/** Lines are told apart by their dashes too. */
const DASHES: readonly number[][] = [[], [6, 3], [2, 3], [10, 3, 2, 3]];
const NO_MARKERS: readonly Marker[] = [];
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
export const Chart = ({
  title,
  seconds,
  lines,
  markers = NO_MARKERS,
  onMarker,
  isLong = false,
  hasPoints = false,
}: ChartProps) => {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const { t, language, number } = useText();
  const scheme = useScheme();
  const data = useMemo(
    (): UPlot.AlignedData => [[...seconds], ...lines.map(({ values }) => [...values])],
    [seconds, lines],
  );
  const latest = useRef({ data, markers, onMarker });
  latest.current = { data, markers, onMarker };
  const looks = lines.map(({ label, tone }) => `${label} ${tone ?? ''}`).join('|');
  // biome-ignore lint/correctness/useExhaustiveDependencies: made anew where language, colours or lines change
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const options = optionsOf(element, {
      lines,
      timeLabel: t('run.event.at'),
      language,
      isLong,
      hasPoints,
      markers: () => latest.current.markers,
    });
    const made = new UPlot(options, latest.current.data, element);
    plot.current = made;
    const choose = (): void => {
      const found = markerAt(made, latest.current.markers, made.cursor.left ?? -1);
      if (found !== undefined) latest.current.onMarker?.(found);
    };
    made.over.addEventListener('click', choose);
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [language, scheme, looks, isLong]);
  useEffect(() => plot.current?.setData(data), [data]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn again where there are others; scales are those of the data, which may not have been looked at yet
  useEffect(() => plot.current?.redraw(false), [markers]);
  const last = lines.map(({ label, values }) => {
    const value = values.findLast((each) => each !== null);
    return `${label} ${value == null ? '–' : number(Math.round(value * 10) / 10)}`;
  });
  return (
    <figure className={styles.figure}>
      <figcaption>{title}</figcaption>
      <div ref={place} className={styles.chart} role="img" aria-label={`${title}: ${last.join(', ')}`} />
    </figure>
  );
};

interface Looks {
  readonly lines: readonly Line[];
  /** What the time is called. */
  readonly timeLabel: string;
  readonly language: string;
  readonly isLong: boolean;
  readonly hasPoints: boolean;
  readonly markers: () => readonly Marker[];
}

const around = (at: number): [number, number] => [at - ALONE_S, at + ALONE_S];

const optionsOf = (
  element: HTMLElement,
  { lines, timeLabel, language, isLong, hasPoints, markers }: Looks,
): UPlot.Options => {
  const text = colourOf(element, 'text-quiet');
  const accent = colourOf(element, 'accent');
  const grid = colourOf(element, 'line');
  const format = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
  const shownValue = (value: number | null): string => (value === null ? '–' : format.format(value));
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { sync: { key: SYNC } },
    hooks: { draw: [(plot) => drawMarkers(plot, markers(), { text, accent })] },
    scales: {
      // One moment alone has an axis too.
      x: { range: (plot, min, max) => (plot.data[0].length === 1 ? around(plot.data[0][0] ?? 0) : [min, max]) },
      y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      {
        ...axis,
        space: 80,
        values: (_plot, splits) =>
          splits.map((split) =>
            new Date(split * 1000).toLocaleString(language, {
              ...(isLong
                ? { month: 'short', day: 'numeric' }
                : { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
              hour12: false,
            }),
          ),
      },
      { ...axis, size: 62, values: (_plot, splits) => splits.map((split) => format.format(split)) },
    ],
    series: [
      {
        label: timeLabel,
        value: (_plot, at) =>
          at === null
            ? '–'
            : new Date(at * 1000).toLocaleString(language, {
                ...(isLong ? { month: 'short', day: 'numeric' } : {}),
                hour: '2-digit',
                minute: '2-digit',
                ...(isLong ? {} : { second: '2-digit' }),
                hour12: false,
              }),
      },
      ...lines.map(({ label, tone }, index) => ({
        label,
        stroke: colourOf(element, tone ?? TONES[index % TONES.length] ?? 'accent'),
        width: 1.5,
        dash: DASHES[index % DASHES.length] ?? [],
        spanGaps: false,
        points: { show: hasPoints, size: 4 },
        value: (_plot: UPlot, value: number | null) => shownValue(value),
      })),
    ],
  };
};

/** Charts beside each other, as many as there is room for. */
export const Charts = ({ children }: { readonly children: ReactNode }) => (
  <div className={styles.charts}>{children}</div>
);
