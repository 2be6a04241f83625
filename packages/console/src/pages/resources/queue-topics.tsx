import type { QueueTopic } from '@penstock/client/session';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Hourglass, Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { useSlowly } from '../../kit/live.ts';
import { Mark } from '../../kit/mark.tsx';
import { Queried } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { More, Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { deleteTopic, queueTopicsQuery, resourcesQuery } from './resource-requests.ts';
import { TopicDialog } from './topic-dialog.tsx';

interface QueueTopicsProps {
  readonly orgId: string;
  readonly isDesigner: boolean;
  readonly isManager: boolean;
}

type Asked = { readonly kind: 'new' } | { readonly kind: 'change' | 'delete'; readonly topic: QueueTopic };

/** Topics that the organisation has made for itself, within what it is granted of Message Queue. */
export const QueueTopics = ({ orgId, isDesigner, isManager }: QueueTopicsProps) => {
  const { t } = useText();
  const client = useQueryClient();
  const list = useInfiniteQuery({ ...queueTopicsQuery(orgId), refetchInterval: useSlowly(10) });
  const [asked, setAsked] = useState<Asked>();
  const close = (): void => setAsked(undefined);
  const again = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: queueTopicsQuery(orgId).queryKey });
    await client.invalidateQueries({ queryKey: resourcesQuery(orgId).queryKey });
  };
  const columns = [
    { name: t('topics.topic') },
    { name: t('topics.partitions'), isNumber: true },
    { name: t('topics.kept'), isNumber: true },
    { name: t('topics.size'), isNumber: true },
    { name: t('topics.stored'), isNumber: true },
    { name: t('topics.takes'), isNumber: true },
    { name: t('topics.made') },
    ...(isDesigner ? [{ name: t('table.actions') }] : []),
  ];
  return (
    <section className={page.section}>
      <div className={page.head}>
        <h2>{t('topics.title')}</h2>
        {isDesigner && (
          <Button onClick={() => setAsked({ kind: 'new' })}>
            <Plus size={14} aria-hidden="true" /> {t('topics.new')}
          </Button>
        )}
      </div>
      <Queried query={list} failed={t('topics.failed')}>
        {({ pages }) => {
          const topics = pages.flatMap(({ items }) => items);
          if (topics.length === 0) return <p className={page.hint}>{t('topics.none')}</p>;
          return (
            <Table label={t('topics.title')} columns={columns}>
              {topics.map((topic) => (
                <TopicRow
                  key={topic.topic}
                  orgId={orgId}
                  topic={topic}
                  isDesigner={isDesigner}
                  isManager={isManager}
                  onAsk={(kind) => setAsked({ kind, topic })}
                />
              ))}
            </Table>
          );
        }}
      </Queried>
      <More list={list} />
      {asked?.kind === 'new' && <TopicDialog orgId={orgId} onDone={again} onClose={close} />}
      {asked?.kind === 'change' && <TopicDialog orgId={orgId} seen={asked.topic} onDone={again} onClose={close} />}
      {asked?.kind === 'delete' && (
        <ConfirmDialog
          isDangerous
          title={t('topics.deleteOf', { name: asked.topic.topic })}
          action={t('topics.delete')}
          onConfirm={async () => {
            await deleteTopic(orgId, asked.topic.topic);
            await again();
          }}
          onClose={close}
        >
          <p>{t('topics.deleteWhat')}</p>
        </ConfirmDialog>
      )}
    </section>
  );
};

interface TopicRowProps {
  readonly orgId: string;
  readonly topic: QueueTopic;
  readonly isDesigner: boolean;
  readonly isManager: boolean;
  readonly onAsk: (kind: 'change' | 'delete') => void;
}

const TopicRow = ({ orgId, topic: found, isDesigner, isManager, onAsk }: TopicRowProps) => {
  const { t, number, bytes, time, duration } = useText();
  const { topic, description, partitions, retentionHours, maxBytes, state, cu, kafka, stored } = found;
  const known = stored?.bytes ?? null;
  return (
    <tr>
      <th scope="row" className={tableStyles.wide}>
        <Link
          to="/organizations/$orgId/topics/$topic"
          params={{ orgId, topic }}
          aria-label={t('look.into', { name: topic })}
        >
          {topic}
        </Link>
        {description !== '' && <div className={page.hint}>{description}</div>}
        {state !== 'ready' && (
          <div>
            <Mark tone="warn" icon={Hourglass}>
              {t(`topics.state.${state}`)}
            </Mark>
          </div>
        )}
        {kafka !== 'present' && state === 'ready' && (
          <div>
            <Mark tone={kafka === 'missing' ? 'bad' : 'warn'}>{t(`topics.kafka.${kafka}`)}</Mark>
          </div>
        )}
      </th>
      <td className={tableStyles.number}>{number(partitions)}</td>
      <td className={tableStyles.number}>{duration(retentionHours * 3600_000)}</td>
      <td className={tableStyles.number}>{bytes(maxBytes)}</td>
      <td className={tableStyles.number}>
        {known === null ? t('value.unknown') : bytes(known)}
        {stored !== null && <div className={page.hint}>{t('topics.offsets', { n: number(stored.offsets) })}</div>}
      </td>
      <td className={tableStyles.number}>{t('resources.cu', { n: number(cu) })}</td>
      <td className={tableStyles.wide}>
        {time(found.createdAt)}
        <div className={page.hint}>{found.createdBy}</div>
      </td>
      {isDesigner && (
        <td>
          <div className={page.tools}>
            <Button aria-label={t('topics.changeOf', { name: topic })} onClick={() => onAsk('change')}>
              {t('topics.change')}
            </Button>
            {isManager && (
              <Button aria-label={t('topics.deleteOf', { name: topic })} onClick={() => onAsk('delete')}>
                {t('topics.delete')}
              </Button>
            )}
          </div>
        </td>
      )}
    </tr>
  );
};
