import { useText } from '../../../reader/use-text.ts';
import styles from './age-line.module.css';
import { type AgeSample, trace } from './commit-ages.ts';

const [WIDTH, HEIGHT] = [120, 20];

interface AgeLineProps {
  readonly samples: readonly AgeSample[];
  /** Of the partition. */
  readonly partition: string;
  /** From here on an age is worth a look: a line is drawn there. */
  readonly oldMs: number;
}

/** How old the last commit of a partition was since this page is looked at. */
export const AgeLine = ({ samples, partition, oldMs }: AgeLineProps) => {
  const { t, duration } = useText();
  const { lines, maxMs } = trace(samples, partition, oldMs);
  if (lines.length === 0) return null;
  const xy = ([x, y]: readonly [number, number]): string =>
    `${(x * WIDTH).toFixed(1)},${((1 - y) * (HEIGHT - 2) + 1).toFixed(1)}`;
  const limit = (1 - oldMs / Math.max(oldMs, maxMs)) * (HEIGHT - 2) + 1;
  return (
    <svg
      className={styles.line}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={t('run.commitAge.most', { time: duration(maxMs) })}
    >
      <title>{t('run.commitAge.most', { time: duration(maxMs) })}</title>
      <line className={styles.limit} x1={0} x2={WIDTH} y1={limit} y2={limit} />
      {lines.map((points) => (
        <polyline
          key={String(points[0]?.[0])}
          className={maxMs < oldMs ? styles.young : styles.old}
          points={points.map(xy).join(' ')}
        />
      ))}
    </svg>
  );
};
