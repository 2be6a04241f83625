import type { Pipeline } from '@penstock/client/session';
import { useEffect, useState } from 'react';
import type { Graph } from '../../graph/graph.ts';
import { Mark } from '../../kit/mark.tsx';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { Canvas } from './canvas/canvas.tsx';
import { figuresOf, type Look, totalOf, withLook } from './figures/figures.ts';
import type { Limits } from './limit/limits.ts';

const NO_LOOKS: readonly Look[] = [];

/** What the page has seen of the counters; rates are made from it. */
const useLooks = (run: Pipeline['run'], toldAt: number): readonly Look[] => {
  const [looks, setLooks] = useState(NO_LOOKS);
  useEffect(() => {
    if (run === null || run.endedAt !== null) setLooks(NO_LOOKS);
    else {
      // Counters are of the heartbeat; two answers about the same one are one look.
      const at = run.worker?.heartbeatAt ?? toldAt;
      setLooks((before) => withLook(before, { at, workerId: run.worker?.workerId, stages: run.stages }));
    }
  }, [run, toldAt]);
  return looks;
};

interface StagesProps {
  readonly pipeline: Pipeline;
  readonly graph: Graph;
  readonly limits: Limits;
  readonly toldAt: number;
  /** The stage that is chosen. */
  readonly selected: string | undefined;
  readonly onSelect: (stage: string | undefined) => void;
}

/** The document as a picture and as a list, with the same figures; what is chosen in one is chosen in the other. */
export const Stages = ({ pipeline, graph, limits, toldAt, selected, onSelect }: StagesProps) => {
  const { t } = useText();
  const { version, run } = pipeline;
  const looks = useLooks(run, toldAt);
  const label = t(version === null ? 'run.canvasDesign' : 'run.canvas');
  return (
    <div className={page.section}>
      <h2>{label}</h2>
      <Canvas
        label={label}
        graph={graph}
        run={run}
        looks={looks}
        limits={limits}
        selected={selected}
        onSelect={onSelect}
      />
      <StageList graph={graph} run={run} limits={limits} selected={selected} onSelect={onSelect} />
    </div>
  );
};

interface StageListProps {
  readonly graph: Graph;
  readonly run: Pipeline['run'];
  readonly limits: Limits;
  readonly selected: string | undefined;
  readonly onSelect: (stage: string | undefined) => void;
}

/** Every stage in order, for reading figures, and for who uses no pointer. */
const StageList = ({ graph, run, limits, selected, onSelect }: StageListProps) => {
  const { t, number } = useText();
  const columns = [
    { name: t('run.stage') },
    { name: t('run.stage.in'), isNumber: true },
    { name: t('run.stage.out'), isNumber: true },
    { name: t('run.stage.errors'), isNumber: true },
    { name: t('run.stage.dropped'), isNumber: true },
    { name: t('run.stage.time'), isNumber: true },
  ];
  return (
    <Table label={t('run.stages')} columns={columns}>
      {graph.stages.map(({ id, label, operator }) => {
        const figures = figuresOf(run, id);
        const cells =
          figures === undefined
            ? [undefined, undefined, undefined, undefined]
            : [figures.input, figures.output, totalOf(figures.errors), totalOf(figures.dropped)];
        return (
          <tr key={id} className={id === selected ? tableStyles.selected : undefined}>
            <th scope="row" className={tableStyles.wide}>
              <button
                type="button"
                className={page.link}
                aria-pressed={id === selected}
                onClick={() => onSelect(id === selected ? undefined : id)}
              >
                {label}
              </button>{' '}
              <span className={page.hint}>{operator}</span>
            </th>
            {cells.map((value, index) => (
              <td key={columns[index + 1]?.name} className={tableStyles.number}>
                {value === undefined ? '–' : number(value)}
              </td>
            ))}
            <td className={tableStyles.number}>
              <StageTime share={limits.shares.get(id)} isLimit={limits.stages.has(id)} />
            </td>
          </tr>
        );
      })}
    </Table>
  );
};

/** How much of the time of its part a stage takes, and whether that holds the pipeline back. */
const StageTime = ({ share, isLimit }: { readonly share: number | undefined; readonly isLimit: boolean }) => {
  const { t, percent } = useText();
  if (isLimit) return <Mark tone="warn">{share === undefined ? t('run.limit.here') : percent(share)}</Mark>;
  return share === undefined ? '–' : percent(share);
};
