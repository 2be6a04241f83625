import type { Pipeline } from '@penstock/client/session';
import { PenstockError } from '@penstock/client/session';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Bell, TriangleAlert } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Action } from '../../actions/action.ts';
import { useActions } from '../../actions/registry.ts';
import { AlarmSettingsDialog } from '../../alarm-settings/alarm-settings-dialog.tsx';
import { pipelineQuery } from '../../api/pipelines.ts';
import { mayOperate } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import { CodeHelp } from '../../codes/code-help.tsx';
import { Button } from '../../kit/button.tsx';
import { useLiveInterval } from '../../kit/live.ts';
import { LiveLine } from '../../kit/live-line.tsx';
import { NotFound } from '../../kit/not-found.tsx';
import { Failed, Loading, Queried } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { PipelineState } from '../../kit/pipeline-state.tsx';
import { OperateDialog, type Wished } from '../../operate/operate-dialog.tsx';
import { OperationButtons } from '../../operate/operation-buttons.tsx';
import { isPossible, OPERATIONS, type Operation } from '../../operate/possible.ts';
import { useText } from '../../reader/use-text.ts';
import { Cluster } from './cluster/cluster.tsx';
import { Drawn } from './drawn.tsx';
import { Events } from './events.tsx';
import { Facts } from './facts.tsx';
import { Kinds } from './kinds.tsx';
import { Partitions } from './partitions/partitions.tsx';
import styles from './run-page.module.css';
import { useGraph } from './use-graph.ts';

/** A pipeline at work: what flows where, how far each partition is, what did not go on and what happened. */
export const RunPage = () => {
  const { t } = useText();
  const { orgId, pipelineId } = useParams({ from: '/organizations/$orgId/pipelines/$pipelineId' });
  const pipeline = useQuery({ ...pipelineQuery(pipelineId), refetchInterval: useLiveInterval() });
  if (pipeline.data !== undefined && pipeline.data.orgId === orgId)
    return <RunView key={pipelineId} pipeline={pipeline.data} watched={pipeline} />;
  if (pipeline.data !== undefined) return <NotFound />;
  if (!pipeline.isError) return <Loading />;
  if (pipeline.error instanceof PenstockError && pipeline.error.status === 404) return <NotFound />;
  return <Failed title={t('run.loadFailed')} error={pipeline.error} onRetry={() => void pipeline.refetch()} />;
};

interface RunViewProps {
  readonly pipeline: Pipeline;
  readonly watched: { readonly dataUpdatedAt: number; readonly isError: boolean };
}

const RunView = ({ pipeline, watched }: RunViewProps) => {
  const { t } = useText();
  const { pipelineId, orgId, name, observed, run, version } = pipeline;
  const isAllowed = mayOperate(useSession(), orgId);
  const [wished, setWished] = useState<Wished>();
  const [setsAlarms, setSetsAlarms] = useState(false);
  const graph = useGraph(pipeline);
  const wish = (operation: Operation) => setWished({ operation, pipelineId, name });
  useRunActions(pipeline, isAllowed, setWished);
  return (
    <div className={page.page}>
      <div className={page.head}>
        <h1>{name}</h1>
        <PipelineState observed={observed} toldAt={watched.dataUpdatedAt} />
        <OperationButtons name={name} state={observed.state} isAllowed={isAllowed} onWish={wish} />
        <Link to="/organizations/$orgId/pipelines/$pipelineId/design" params={{ orgId, pipelineId }}>
          {t('design.open')}
        </Link>
        {isAllowed && (
          <Button onClick={() => setSetsAlarms(true)}>
            <Bell size={14} aria-hidden="true" /> {t('alarms.open')}
          </Button>
        )}
        <span className={page.grow} />
        <LiveLine watched={watched} />
      </div>
      {observed.reason !== null && (
        <div className={styles.reason}>
          <TriangleAlert size={16} aria-hidden="true" />
          <div>
            {observed.reason.message} <code>{observed.reason.code}</code>
            <CodeHelp code={observed.reason.code} beside="in-english" />
          </div>
        </div>
      )}
      <Facts pipeline={pipeline} isAllowed={isAllowed} />
      <Queried query={graph} failed={t('run.loadFailed')}>
        {(drawn) => <Drawn pipeline={pipeline} graph={drawn} toldAt={watched.dataUpdatedAt} />}
      </Queried>
      {run !== null && <Cluster run={run} />}
      <div className={styles.columns}>
        <Partitions orgId={orgId} run={run} toldAt={watched.dataUpdatedAt} />
        <Kinds run={run} />
      </div>
      <Events pipelineId={pipelineId} />
      {version !== null && isAllowed && (
        <p>
          <Link to="/organizations/$orgId/dead-letters" params={{ orgId }} search={{ pipelineId }}>
            {t('run.deadLetters')}
          </Link>
        </p>
      )}
      {setsAlarms && (
        <AlarmSettingsDialog orgId={orgId} pipelineId={pipelineId} name={name} onClose={() => setSetsAlarms(false)} />
      )}
      {wished !== undefined && <OperateDialog wished={wished} onClose={() => setWished(undefined)} />}
    </div>
  );
};

/** Start, pause and stop for the palette, as far as they are possible. */
const useRunActions = (pipeline: Pipeline, isAllowed: boolean, onWish: (wished: Wished) => void): void => {
  const { t } = useText();
  const { pipelineId, name } = pipeline;
  const { state } = pipeline.observed;
  useActions(
    useMemo(
      (): readonly Action[] =>
        OPERATIONS.filter((operation) => isAllowed && isPossible(operation, state)).map((operation) => ({
          id: `run.${operation}`,
          group: 'do',
          label: `operate.${operation}`,
          text: t(`operate.${operation}Of`, { name }),
          run: () => onWish({ operation, pipelineId, name }),
        })),
      [pipelineId, name, state, isAllowed, onWish, t],
    ),
  );
};
