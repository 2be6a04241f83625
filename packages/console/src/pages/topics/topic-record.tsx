import type { TopicRecord } from '@penstock/client/session';
import { useQuery } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { topicRecordQuery } from '../../api/records/topics.ts';
import { CodeHelp } from '../../codes/code-help.tsx';
import { Button } from '../../kit/button.tsx';
import { Empty, Queried } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { bytesOf } from '../../value/bytes.ts';
import { FORMS, type Form, ValueView } from '../../value/value-view.tsx';
import { ViewChoice } from '../../value/view-choice.tsx';
import { ReadingList } from './reading-list.tsx';
import { textOfPart } from './shown-part.ts';
import { idOfRecord } from './topic-records.tsx';
import { TryDialog } from './try-dialog.tsx';

interface RecordViewProps {
  readonly orgId: string;
  readonly topic: string;
  /** `partition-offset`; undefined while none is chosen. */
  readonly record: string | undefined;
  readonly pages: readonly { readonly items: readonly TopicRecord[] }[];
}

/** The record that is chosen: one of those that were found, or, of an address that somebody sent, read for itself. */
export const RecordView = ({ orgId, topic, record, pages }: RecordViewProps) => {
  const { t } = useText();
  const found = record === undefined ? undefined : pages.flatMap(({ items }) => items).find(isCalled(record));
  const query = useQuery({
    ...topicRecordQuery(orgId, topic, record ?? ''),
    enabled: record !== undefined && found === undefined,
  });
  if (record === undefined) return <Empty title={t('letters.choose')} />;
  if (found !== undefined) return <Shown key={record} orgId={orgId} topic={topic} record={found} />;
  return (
    <Queried query={query} failed={t('look.failed')}>
      {(read) =>
        read === null ? (
          <Empty title={t('look.gone')} hint={t('look.goneHint')} />
        ) : (
          <Shown key={record} orgId={orgId} topic={topic} record={read} />
        )
      }
    </Queried>
  );
};

const isCalled =
  (id: string) =>
  (record: TopicRecord): boolean =>
    idOfRecord(record) === id;

interface ShownProps {
  readonly orgId: string;
  readonly topic: string;
  readonly record: TopicRecord;
}

const Shown = ({ orgId, topic, record }: ShownProps) => {
  const { t } = useText();
  const [isTrying, setTrying] = useState(false);
  const id = idOfRecord(record);
  return (
    <section className={page.section} aria-label={t('letters.record', { id })}>
      <div className={page.tools}>
        <h2>{t('letters.record', { id })}</h2>
        {record.value?.text != null && !record.value.isCut && (
          <Button onClick={() => setTrying(true)}>
            <FlaskConical size={14} aria-hidden="true" /> {t('look.try')}
          </Button>
        )}
      </div>
      {record.value?.text != null && !record.value.isCut && <ReadingList orgId={orgId} text={record.value.text} />}
      <Place topic={topic} record={record} />
      <Value record={record} />
      {isTrying && <TryDialog orgId={orgId} topic={topic} record={id} onClose={() => setTrying(false)} />}
    </section>
  );
};

const Place = ({ topic, record }: { readonly topic: string; readonly record: TopicRecord }) => {
  const { t, number, time, bytes } = useText();
  const { partition, offset, timestamp, key, value, headers, headerCount } = record;
  const rows = [
    ['topic', t('topics.topic'), topic],
    ['partition', t('look.partition'), String(partition)],
    ['offset', t('look.offset'), String(offset)],
    ['time', t('look.written'), timestamp === null ? '–' : time(timestamp)],
    ['size', t('look.size'), value === null ? '–' : bytes(value.size)],
    ['key', t('record.key'), textOfPart(key) ?? '–'],
    ...headers.map((header, index) => [
      `header ${index}`,
      `${t('record.headers')} ${header.key}`,
      textOfPart(header.value) ?? '–',
    ]),
  ] as const;
  return (
    <>
      <Table label={t('letters.place')} columns={[{ name: t('record.field') }, { name: t('record.value') }]}>
        {rows.map(([id, name, text]) => (
          <tr key={id}>
            <th scope="row" className={tableStyles.wide}>
              {name}
            </th>
            <td className={tableStyles.wide}>{text}</td>
          </tr>
        ))}
      </Table>
      {headerCount > headers.length && (
        <p className={page.hint}>{t('look.moreHeaders', { n: number(headers.length), total: number(headerCount) })}</p>
      )}
    </>
  );
};

const Value = ({ record: { value, fault } }: { readonly record: TopicRecord }) => {
  const { t, number } = useText();
  const [form, setForm] = useState<Form>(formFor(value, fault));
  return (
    <>
      <ViewChoice
        label={t('record.view')}
        options={FORMS.map((each) => ({ value: each, name: t(`record.${each}`) }))}
        chosen={form}
        onChoose={setForm}
      />
      {fault !== null && (
        <div>
          <code>{fault}</code> <CodeHelp code={fault} />
        </div>
      )}
      {value?.isCut === true && (
        <p>{t('record.cut', { shown: number(bytesOf(value.base64).length), total: number(value.size) })}</p>
      )}
      <ValueView
        form={form}
        bytes={value === null ? undefined : bytesOf(value.base64)}
        text={value?.text ?? undefined}
      />
    </>
  );
};

/** The form that shows most of it. */
const formFor = (value: TopicRecord['value'], fault: TopicRecord['fault']): Form => {
  if (value !== null && value.text === null) return 'bytes';
  return fault === null && value?.isCut !== true ? 'fields' : 'text';
};
