import type { RunView } from '@penstock/client/session';
import { Mark } from '../../../kit/mark.tsx';
import page from '../../../kit/page.module.css';
import { Table, tableStyles } from '../../../kit/table.tsx';
import { Terms } from '../../../kit/terms.tsx';
import { useText } from '../../../reader/use-text.ts';

/** A run in Cluster Mode: its YARN application, how its batches keep up, and its executors. */
export const Cluster = ({ run }: { readonly run: RunView }) => {
  const { t } = useText();
  const { application, batches, executors, backPressureRate } = run;
  if (application === null && executors.length === 0) return null;
  return (
    <section className={page.section}>
      <h2>{t('run.cluster')}</h2>
      {application !== null && <Application application={application} />}
      {batches !== null && <Batches batches={batches} backPressureRate={backPressureRate} />}
      {executors.length > 0 && <Executors executors={executors} />}
    </section>
  );
};

type Application = NonNullable<RunView['application']>;

const Application = ({ application }: { readonly application: Application }) => {
  const { t, number, bytes, time } = useText();
  const { applicationId, state, finalStatus, diagnostics, waiting, trackingUrl, finishedAt } = application;
  const isOver = finishedAt !== null;
  const terms = [
    [t('run.application'), <Tracked key="id" id={applicationId} url={trackingUrl} />],
    [t('run.application.state'), isOver ? `${state}, ${finalStatus}` : state],
    [t('run.application.attempts'), number(application.attempts)],
    [t('run.application.queue'), application.queue],
    [
      t('run.application.size'),
      t('run.application.sizeOf', {
        n: number(application.containers),
        memory: bytes(application.memoryMb * 1024 * 1024),
        vcores: number(application.vcores),
      }),
    ],
    [t('run.application.started'), time(application.startedAt)],
    [t('run.application.finished'), isOver ? time(finishedAt) : ''],
    [t('run.application.diagnostics'), diagnostics],
  ] as const;
  return (
    <>
      {waiting !== null && <Mark tone="warn">{t('run.application.waiting', { reason: waiting })}</Mark>}
      <Terms items={terms} />
    </>
  );
};

/** The address is what YARN says; only one of a page is a link. */
const Tracked = ({ id, url }: { readonly id: string; readonly url: string }) =>
  /^https?:\/\//.test(url) ? (
    <a href={url} target="_blank" rel="noreferrer">
      {id}
    </a>
  ) : (
    id
  );

/** More than this many batches behind each other are not worked off as fast as they are cut. */
const MANY_WAITING = 2;

interface BatchesProps {
  readonly batches: NonNullable<RunView['batches']>;
  readonly backPressureRate: number | null;
}

const Batches = ({ batches, backPressureRate }: BatchesProps) => {
  const { t, number, rate } = useText();
  const { intervalMs, completed, waiting, schedulingDelayMs, processingMs } = batches;
  const isBehind = waiting > MANY_WAITING || processingMs > intervalMs;
  const terms = [
    [t('run.batches.completed'), number(completed)],
    [t('run.batches.waiting'), number(waiting)],
    [t('run.batches.processing'), t('run.batches.ofInterval', { ms: number(processingMs), of: number(intervalMs) })],
    [t('run.batches.delay'), t('run.batches.ms', { ms: number(schedulingDelayMs) })],
    [t('run.batches.backPressure'), backPressureRate === null ? t('value.unknown') : rate(backPressureRate)],
  ] as const;
  return (
    <>
      <h3>{t('run.batches')}</h3>
      {isBehind && <Mark tone="warn">{t('run.batches.behind')}</Mark>}
      <Terms items={terms} />
    </>
  );
};

const Executors = ({ executors }: { readonly executors: RunView['executors'] }) => {
  const { t, number, bytes } = useText();
  const columns = [
    { name: t('run.executor') },
    { name: t('run.executor.host') },
    { name: t('run.executor.container') },
    { name: t('run.executor.tasks'), isNumber: true },
    { name: t('run.executor.jvm'), isNumber: true },
    { name: t('run.executor.worker'), isNumber: true },
  ];
  const memory = (mb: number | null): string => (mb === null ? t('value.unknown') : bytes(mb * 1024 * 1024));
  return (
    <>
      <h3>{t('run.executors')}</h3>
      <Table label={t('run.executors')} columns={columns}>
        {executors.map(({ executorId, host, containerId, tasks, jvmRssMb, workerPid, workerRssMb }) => (
          <tr key={executorId}>
            <th scope="row">{executorId}</th>
            <td>{host}</td>
            <td className={tableStyles.wide}>{containerId}</td>
            <td className={tableStyles.number}>{number(tasks)}</td>
            <td className={tableStyles.number}>{memory(jvmRssMb)}</td>
            <td className={tableStyles.number} title={workerPid === null ? undefined : `${t('run.pid')} ${workerPid}`}>
              {memory(workerRssMb)}
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
};
