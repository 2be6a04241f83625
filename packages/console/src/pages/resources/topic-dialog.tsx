import type { QueueTopic } from '@penstock/client/session';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { TextField } from '../../kit/field.tsx';
import { Mark } from '../../kit/mark.tsx';
import page from '../../kit/page.module.css';
import { useText } from '../../reader/use-text.ts';
import { changeTopic, createTopic, resourcesQuery } from './resource-requests.ts';
import { GIB, takesOf } from './topic-size.ts';

interface TopicDialogProps {
  readonly orgId: string;
  /** The one that is changed; absent: a new one. */
  readonly seen?: QueueTopic;
  readonly onDone: () => Promise<unknown>;
  readonly onClose: () => void;
}

const FRESH = { topic: '', description: '', partitions: 1, retentionHours: 72, maxBytes: GIB };

/** Makes a topic or changes one, and says what that takes of the grant and what is left of it. */
export const TopicDialog = ({ orgId, seen, onDone, onClose }: TopicDialogProps) => {
  const { t, number } = useText();
  const given = seen ?? FRESH;
  const [topic, setTopic] = useState(given.topic);
  const [description, setDescription] = useState(given.description);
  const [size, setSize] = useState({
    partitions: String(given.partitions),
    hours: String(given.retentionHours),
    gib: String(given.maxBytes / GIB),
  });
  const submit = async (): Promise<void> => {
    const asked = {
      description: description.trim(),
      partitions: Number(size.partitions),
      retentionHours: Number(size.hours),
      maxBytes: Math.round(Number(size.gib) * GIB),
    };
    await (seen === undefined ? createTopic(orgId, topic.trim(), asked) : changeTopic(orgId, seen.topic, asked));
    await onDone();
  };
  const cu = takesOf(size);
  return (
    <ConfirmDialog
      title={seen === undefined ? t('topics.new') : t('topics.changeOf', { name: seen.topic })}
      action={t(seen === undefined ? 'topics.create' : 'resources.save')}
      isIncomplete={topic.trim() === '' || cu === undefined || !(Number(size.hours) > 0)}
      onConfirm={submit}
      onClose={onClose}
    >
      {seen === undefined && (
        <TextField
          label={t('topics.topic')}
          hint={t('topics.topicHint')}
          maxLength={249}
          autoComplete="off"
          value={topic}
          onChange={({ target }) => setTopic(target.value)}
        />
      )}
      <TextField
        label={t('topics.description')}
        maxLength={1000}
        autoComplete="off"
        value={description}
        onChange={({ target }) => setDescription(target.value)}
      />
      <TextField
        label={t('topics.partitions')}
        hint={t('topics.partitionsHint')}
        type="number"
        min={given.partitions}
        step={1}
        value={size.partitions}
        onChange={({ target }) => setSize({ ...size, partitions: target.value })}
      />
      <TextField
        label={t('topics.gib')}
        hint={t('topics.gibHint')}
        type="number"
        min={0}
        step="any"
        value={size.gib}
        onChange={({ target }) => setSize({ ...size, gib: target.value })}
      />
      <TextField
        label={t('topics.hours')}
        hint={t('topics.hoursHint')}
        type="number"
        min={1}
        step={1}
        value={size.hours}
        onChange={({ target }) => setSize({ ...size, hours: target.value })}
      />
      {cu !== undefined && (
        <p className={page.hint}>
          {t('topics.wouldTake', { cu: number(cu) })} <Left orgId={orgId} cu={cu} before={seen?.cu ?? 0} />
        </p>
      )}
    </ConfirmDialog>
  );
};

interface LeftProps {
  readonly orgId: string;
  /** What the topic would take by itself, and takes now. */
  readonly cu: number;
  readonly before: number;
}

/** What the organisation has left of Message Queue. All of its topics are added up, so that this is about so much. */
const Left = ({ orgId, cu, before }: LeftProps) => {
  const { t, number } = useText();
  const { data } = useQuery(resourcesQuery(orgId));
  const queue = data?.items.find(({ resource }) => resource === 'message-queue');
  if (queue === undefined) return null;
  if (queue.available === null) return <Mark tone="warn">{t('topics.noGrant')}</Mark>;
  const left = t('topics.left', { left: number(queue.available) });
  return cu - before > queue.available ? <Mark tone="warn">{left}</Mark> : left;
};
