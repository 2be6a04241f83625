import type { Pipeline } from '@penstock/client/session';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { documentQuery } from '../../api/run.ts';
import { type Graph, graphOf } from '../../graph/graph.ts';
import { Failed, Loading } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { Canvas } from './canvas/canvas.tsx';
import { figuresOf, type Look, totalOf, withLook } from './figures/figures.ts';

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
  readonly toldAt: number;
}

/** The document as a picture and as a list, with the same figures; what is chosen in one is chosen in the other. */
export const Stages = ({ pipeline, toldAt }: StagesProps) => {
  const { t } = useText();
  const { pipelineId, version, revision, run } = pipeline;
  const document = useQuery(documentQuery(pipelineId, version, revision));
  const looks = useLooks(run, toldAt);
  const [selected, setSelected] = useState<string>();
  const graph = useMemo(() => (document.data === undefined ? undefined : graphOf(document.data)), [document.data]);
  const label = t(version === null ? 'run.canvasDesign' : 'run.canvas');
  if (document.isError)
    return <Failed title={t('run.loadFailed')} error={document.error} onRetry={() => void document.refetch()} />;
  if (graph === undefined) return <Loading />;
  return (
    <div className={page.section}>
      <h2>{label}</h2>
      <Canvas label={label} graph={graph} run={run} looks={looks} selected={selected} onSelect={setSelected} />
      <StageList graph={graph} run={run} selected={selected} onSelect={setSelected} />
    </div>
  );
};

interface StageListProps {
  readonly graph: Graph;
  readonly run: Pipeline['run'];
  readonly selected: string | undefined;
  readonly onSelect: (stage: string) => void;
}

/** Every stage in order, for reading figures, and for who uses no pointer. */
const StageList = ({ graph, run, selected, onSelect }: StageListProps) => {
  const { t, number } = useText();
  const columns = [
    { name: t('run.stage') },
    { name: t('run.stage.in'), isNumber: true },
    { name: t('run.stage.out'), isNumber: true },
    { name: t('run.stage.errors'), isNumber: true },
    { name: t('run.stage.dropped'), isNumber: true },
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
          // The row is chosen by pointing; the canvas above is what keys choose in.
          <tr key={id} className={id === selected ? tableStyles.selected : undefined} onClick={() => onSelect(id)}>
            <th scope="row">
              {label} <span className={page.hint}>{operator}</span>
            </th>
            {cells.map((value, index) => (
              <td key={columns[index + 1]?.name} className={tableStyles.number}>
                {value === undefined ? '–' : number(value)}
              </td>
            ))}
          </tr>
        );
      })}
    </Table>
  );
};
