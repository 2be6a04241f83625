import type { PipelineSummary } from '@penstock/client/session';
import { Link } from '@tanstack/react-router';
import { createColumnHelper, rowSelectionFeature, tableFeatures } from '@tanstack/react-table';
import { PencilRuler } from 'lucide-react';
import { use } from 'react';
import { PipelineState } from '../../kit/pipeline-state.tsx';
import type { PlainKey } from '../../messages/translate.ts';
import { useText } from '../../reader/use-text.ts';
import styles from './pipeline-table.module.css';
import { ToldAtContext } from './told-at.ts';

export const features = tableFeatures({ rowSelectionFeature });
const column = createColumnHelper<typeof features, PipelineSummary>();

const Header = ({ name }: { readonly name: PlainKey }) => useText().t(name);
const Rate = ({ value }: { readonly value: number }) => useText().rate(value);
const Count = ({ value }: { readonly value: number | null }) => {
  const { number } = useText();
  return value === null ? <span className={styles.quiet}>–</span> : number(value);
};

const Mode = ({ value }: { readonly value: number | null }) => {
  const { t } = useText();
  if (value === null) return <span className={styles.quiet}>{t('mode.none')}</span>;
  return t(value === 1 ? 'mode.1' : 'mode.0');
};

const Name = ({ pipeline }: { readonly pipeline: PipelineSummary }) => {
  const { reason } = pipeline.observed;
  return (
    <span className={styles.name} title={reason === null ? pipeline.name : `${pipeline.name}: ${reason.message}`}>
      <Link
        to="/organizations/$orgId/pipelines/$pipelineId"
        params={{ orgId: pipeline.orgId, pipelineId: pipeline.pipelineId }}
      >
        {pipeline.name}
      </Link>
      <DesignLink pipeline={pipeline} />
      {reason !== null && <span className={styles.reason}>{reason.message}</span>}
    </span>
  );
};

const DesignLink = ({ pipeline: { orgId, pipelineId, name } }: { readonly pipeline: PipelineSummary }) => {
  const { t } = useText();
  return (
    <Link
      to="/organizations/$orgId/pipelines/$pipelineId/design"
      params={{ orgId, pipelineId }}
      className={styles.design}
      aria-label={t('design.openOf', { name })}
      title={t('design.openOf', { name })}
    >
      <PencilRuler size={14} aria-hidden="true" />
    </Link>
  );
};

const State = ({ observed }: { readonly observed: PipelineSummary['observed'] }) => (
  <PipelineState observed={observed} toldAt={use(ToldAtContext)} />
);

/** Figures of a pipeline, in the order they are read; choosing and operating stand around them. */
export const figures = column.columns([
  column.display({
    id: 'name',
    header: () => <Header name="pipelines.column.name" />,
    cell: ({ row }) => <Name pipeline={row.original} />,
  }),
  column.display({
    id: 'state',
    header: () => <Header name="pipelines.column.state" />,
    cell: ({ row }) => <State observed={row.original.observed} />,
  }),
  column.display({
    id: 'mode',
    header: () => <Header name="pipelines.column.mode" />,
    cell: ({ row }) => <Mode value={row.original.executionMode} />,
  }),
  column.display({
    id: 'limit',
    header: () => <Header name="pipelines.column.limit" />,
    cell: ({ row }) =>
      row.original.kafkaRate === null ? <Count value={null} /> : <Rate value={row.original.kafkaRate} />,
  }),
  column.display({
    id: 'in',
    header: () => <Header name="pipelines.column.in" />,
    cell: ({ row }) => <Rate value={row.original.throughput.recordsInPerSecond} />,
  }),
  column.display({
    id: 'out',
    header: () => <Header name="pipelines.column.out" />,
    cell: ({ row }) => <Rate value={row.original.throughput.recordsOutPerSecond} />,
  }),
  column.display({
    id: 'lag',
    header: () => <Header name="pipelines.column.lag" />,
    cell: ({ row }) => <Count value={row.original.lag} />,
  }),
  column.display({
    id: 'errors',
    header: () => <Header name="pipelines.column.errors" />,
    cell: ({ row }) => (
      <span className={row.original.errorsTotal > 0 ? styles.bad : undefined}>
        <Count value={row.original.errorsTotal} />
      </span>
    ),
  }),
  column.display({
    id: 'dropped',
    header: () => <Header name="pipelines.column.dropped" />,
    cell: ({ row }) => <Count value={row.original.droppedTotal} />,
  }),
]);

/** Columns whose figures stand one below the other by their last digit. */
export const NUMERIC: ReadonlySet<string> = new Set(['limit', 'in', 'out', 'lag', 'errors', 'dropped']);
