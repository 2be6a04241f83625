import type { RunView } from '@penstock/client/session';
import { Link } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Empty } from '../../../kit/notice.tsx';
import page from '../../../kit/page.module.css';
import state from '../../../kit/pipeline-state.module.css';
import { Table, tableStyles } from '../../../kit/table.tsx';
import { useNow } from '../../../reader/clock.ts';
import { useText } from '../../../reader/use-text.ts';
import { AgeLine } from './age-line.tsx';
import { type AgeSample, keyOf, remember } from './commit-ages.ts';

/** A partition with lag that has not committed for so long is worth a look. */
const OLD_COMMIT_MS = 15_000;

type Task = RunView['tasks'][number];

interface PartitionsProps {
  readonly orgId: string;
  readonly run: RunView | null;
  readonly toldAt: number;
}

/** How far each partition is, and when it committed last. */
export const Partitions = ({ orgId, run, toldAt }: PartitionsProps) => {
  const { t, number, duration } = useText();
  const tasks = run?.tasks ?? NO_TASKS;
  const samples = useCommitAges(tasks, toldAt);
  const columns = [
    { name: t('run.partition') },
    { name: t('run.committed'), isNumber: true },
    { name: t('run.end'), isNumber: true },
    { name: t('run.lag'), isNumber: true },
    { name: t('run.eventLag'), isNumber: true },
    { name: t('run.lastCommit'), isNumber: true },
    { name: t('run.commitAge'), isNumber: true },
  ];
  return (
    <section className={page.section}>
      <h2>{t('run.partitions')}</h2>
      {run === null && <Empty title={t('run.noRun')} hint={t('run.noRunHint')} />}
      {run !== null && tasks.length === 0 && <Empty title={t('run.noTasks')} />}
      {tasks.length > 0 && <p className={page.hint}>{t('run.commitAge.hint', { time: duration(OLD_COMMIT_MS) })}</p>}
      {tasks.length > 0 && (
        <Table label={t('run.partitions')} columns={columns}>
          {tasks.map((task) => (
            <tr key={keyOf(task)}>
              <th scope="row" className={tableStyles.wide}>
                <Link
                  to="/organizations/$orgId/topics/$topic"
                  params={{ orgId, topic: task.topic }}
                  search={{ partition: task.partition }}
                >
                  {task.topic} {task.partition}
                </Link>
                <Trouble task={task} />
              </th>
              <td className={tableStyles.number}>{number(task.committedOffset)}</td>
              <td className={tableStyles.number}>{number(task.endOffset)}</td>
              <td className={tableStyles.number}>{number(task.lag)}</td>
              <td className={tableStyles.number}>{task.eventLagMs === null ? '–' : duration(task.eventLagMs)}</td>
              <td className={tableStyles.number}>
                <LastCommit task={task} toldAt={toldAt} />
              </td>
              <td className={tableStyles.number}>
                <AgeLine samples={samples} partition={keyOf(task)} oldMs={OLD_COMMIT_MS} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
};

const NO_TASKS: readonly Task[] = [];

/** What this page was told of the ages of commits since it is looked at. */
const useCommitAges = (tasks: readonly Task[], toldAt: number): readonly AgeSample[] => {
  const [samples, setSamples] = useState<readonly AgeSample[]>([]);
  useEffect(() => {
    if (tasks.length > 0) setSamples((before) => remember(before, toldAt, tasks));
  }, [tasks, toldAt]);
  return samples;
};

const Trouble = ({ task: { trouble, heldBack } }: { readonly task: Task }) => {
  const { t, number, duration } = useText();
  return (
    <>
      {trouble !== null && <div className={state.bad}>{trouble}</div>}
      {heldBack !== null && (
        <div className={state.warn}>
          {t('run.heldBack', { n: number(heldBack.records), time: duration(heldBack.forMs) })}
        </div>
      )}
    </>
  );
};

/** The age goes on counting while the page hears nothing, and looks like it. */
const LastCommit = ({ task, toldAt }: { readonly task: Task; readonly toldAt: number }) => {
  const { t, duration } = useText();
  const now = useNow();
  if (task.lastCommitAgeMs === null) return <span className={page.hint}>{t('run.beforeFirstCommit')}</span>;
  const age = task.lastCommitAgeMs + Math.max(0, now - toldAt);
  const text = t('time.ago', { time: duration(age) });
  if (task.lag === 0 || age < OLD_COMMIT_MS) return text;
  return (
    <span className={state.warn}>
      <TriangleAlert size={12} aria-hidden="true" /> {text}
    </span>
  );
};
