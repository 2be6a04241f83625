import type { Bottleneck } from '@penstock/client/session';
import { CircleHelp, Gauge } from 'lucide-react';
import { CodeHelp } from '../../../codes/code-help.tsx';
import type { Graph } from '../../../graph/graph.ts';
import { Mark } from '../../../kit/mark.tsx';
import { Queried } from '../../../kit/notice.tsx';
import page from '../../../kit/page.module.css';
import { useText } from '../../../reader/use-text.ts';
import styles from './limit-panel.module.css';

interface LimitPanelProps {
  readonly query: {
    readonly data: Bottleneck | undefined;
    readonly isError: boolean;
    readonly error: unknown;
    readonly refetch: () => Promise<unknown>;
  };
  readonly graph: Graph;
}

/** So many of what time is spent on are shown. */
const SHOWN = 6;

/** What holds the pipeline back, with how much, what to do, and what else time is spent on. */
export const LimitPanel = ({ query, graph }: LimitPanelProps) => {
  const { t } = useText();
  return (
    <section className={page.section} aria-label={t('run.limit.title')}>
      <h2>{t('run.limit.title')}</h2>
      <Queried query={query} failed={t('run.limit.failed')}>
        {(found) => (
          <div className={styles.columns}>
            <Finding found={found} graph={graph} />
            {found.shares.length > 0 && <Shares found={found} graph={graph} />}
          </div>
        )}
      </Queried>
    </section>
  );
};

interface FoundProps {
  readonly found: Bottleneck;
  readonly graph: Graph;
}

const LOOKS = {
  limited: { tone: 'warn', icon: Gauge },
  'keeps-up': { tone: 'good' },
  unknown: { tone: 'warn', icon: CircleHelp },
} as const;

const nameOf = (graph: Graph, stage: string | null): string =>
  graph.stages.find(({ id }) => id === stage)?.label ?? stage ?? '';

const Finding = ({ found, graph }: FoundProps) => {
  const { t, number, percent, duration } = useText();
  const { state, limit, share, code, windowMs, params } = found;
  const { lag } = params;
  return (
    <div className={styles.finding}>
      <Mark {...LOOKS[state]}>{t(`run.limit.${state}`)}</Mark>
      {limit !== null && share !== null && (
        <p>
          {t(`run.limit.${limit.kind}`, { stage: nameOf(graph, limit.stage), percent: percent(share) })}{' '}
          {typeof lag === 'number' && t('run.limit.behind', { n: number(lag) })}
        </p>
      )}
      <CodeHelp code={code} {...(limit === null ? {} : { beside: 'meaning' as const })} />
      {windowMs !== null && <div className={page.hint}>{t('run.limit.looked', { time: duration(windowMs) })}</div>}
    </div>
  );
};

/** What the time of each part was spent on, most first. */
const Shares = ({ found: { shares, limit }, graph }: FoundProps) => {
  const { t, number, percent } = useText();
  const isCut = shares.some(({ part }) => part > 0);
  const labelOf = ({ kind, stage, part }: (typeof shares)[number]): string => {
    const name = kind === 'stage' ? nameOf(graph, stage) : t(`run.limit.of.${kind}`);
    return isCut ? t('run.limit.part', { name, n: number(part) }) : name;
  };
  return (
    <div className={styles.shares}>
      <h3>{t('run.limit.shares')}</h3>
      <ul>
        {shares.slice(0, SHOWN).map((each) => {
          const isLimit =
            limit !== null && limit.kind === each.kind && limit.stage === each.stage && limit.part === each.part;
          return (
            <li key={`${each.kind} ${each.stage} ${each.part}`} className={isLimit ? styles.limit : undefined}>
              <span className={styles.name}>{labelOf(each)}</span>
              {/* The figure beside it says the same. */}
              <meter aria-hidden="true" className={styles.bar} min={0} max={1} value={each.share} />
              <span>{percent(each.share)}</span>
            </li>
          );
        })}
      </ul>
      {shares.length > SHOWN && (
        <p className={page.hint}>{t('run.limit.more', { n: number(shares.length - SHOWN) })}</p>
      )}
    </div>
  );
};
