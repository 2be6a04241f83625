import type { DeadLetter } from '@penstock/client/session';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { letterQuery } from '../../api/records/dead-letters.ts';
import { CodeHelp } from '../../codes/code-help.tsx';
import { Button } from '../../kit/button.tsx';
import { Empty, Failed, Loading } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { bytesOf } from '../../value/bytes.ts';
import { FORMS, type Form, ValueView } from '../../value/value-view.tsx';
import { ViewChoice } from '../../value/view-choice.tsx';
import styles from './dead-letters-page.module.css';
import { placeOf } from './letter-list.tsx';

interface LetterViewProps {
  readonly letterId: string | undefined;
  readonly orgId: string;
  readonly onReplay: (id: string) => void;
}

/** One record: why and where it failed, and what it is. */
export const LetterView = ({ orgId, letterId, onReplay }: LetterViewProps) => {
  const { t } = useText();
  if (letterId === undefined) return <Empty title={t('letters.choose')} />;
  return <Letter key={letterId} orgId={orgId} letterId={letterId} onReplay={onReplay} />;
};

const Letter = ({ orgId, letterId, onReplay }: LetterViewProps & { readonly letterId: string }) => {
  const { t } = useText();
  const found = useQuery(letterQuery(orgId, letterId));
  if (found.isError)
    return <Failed title={t('letters.loadFailed')} error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Loading />;
  const letter = found.data;
  return (
    <section className={page.section}>
      <div className={page.tools}>
        <h2>{t('letters.record', { id: letter.id })}</h2>
        <Button onClick={() => onReplay(letter.id)}>{t('letters.replayOne')}</Button>
        {letter.valueText !== undefined && letter.isCut !== true && (
          <Link
            to="/organizations/$orgId/pipelines/$pipelineId/design"
            params={{ orgId, pipelineId: letter.pipelineId }}
            search={{ letter: letter.id }}
          >
            {t('letters.try')}
          </Link>
        )}
      </div>
      <div className={styles.message}>
        {letter.message} <code>{letter.code}</code>
        <CodeHelp code={letter.code} beside="in-english" />
      </div>
      <Origin orgId={orgId} letter={letter} />
      <Value letter={letter} />
    </section>
  );
};

const Origin = ({ orgId, letter }: { readonly orgId: string; readonly letter: DeadLetter }) => {
  const { t, time } = useText();
  const rows = [
    [t('letters.stage'), letter.stage],
    [t('letters.at'), time(letter.at)],
    [t('letters.replayedAt'), letter.replayedAt === undefined ? '–' : time(letter.replayedAt)],
    [t('letters.place'), <Place key="place" orgId={orgId} letter={letter} />],
    [t('record.key'), letter.keyText ?? letter.key ?? '–'],
    ...letter.headers.map(({ key, value }) => [
      `${t('record.headers')} ${key}`,
      value === null ? '–' : headerText(value),
    ]),
  ] as const;
  return (
    <Table label={t('letters.place')} columns={[{ name: t('record.field') }, { name: t('record.value') }]}>
      {rows.map(([name, value]) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td className={tableStyles.wide}>{value}</td>
        </tr>
      ))}
    </Table>
  );
};

/** The place of the message, and the way to it; it may be gone by now. */
const Place = ({ orgId, letter }: { readonly orgId: string; readonly letter: DeadLetter }) => {
  const { topic, partition, offset } = letter.source;
  if (topic === '' || partition < 0) return placeOf(letter);
  return (
    <Link
      to="/organizations/$orgId/topics/$topic"
      params={{ orgId, topic }}
      search={{ partition, offset, record: `${partition}-${offset}` }}
    >
      {placeOf(letter)}
    </Link>
  );
};

const headerText = (base64: string): string => new TextDecoder().decode(bytesOf(base64));

/** The value in the form that is chosen; where a stage before had changed the record, as it came or as the stage saw it. */
const Value = ({ letter }: { readonly letter: DeadLetter }) => {
  const { t, number } = useText();
  const [form, setForm] = useState<Form>(letter.valueText === undefined ? 'bytes' : 'fields');
  const [isAsSeen, setAsSeen] = useState(letter.record !== undefined);
  return (
    <>
      <div className={page.tools}>
        <ViewChoice
          label={t('record.view')}
          options={FORMS.map((value) => ({ value, name: t(`record.${value}`) }))}
          chosen={form}
          onChoose={setForm}
        />
        {letter.record !== undefined && (
          <ViewChoice
            label={t('record.value')}
            options={[
              { value: 'seen', name: t('letters.asStage') },
              { value: 'original', name: t('letters.original') },
            ]}
            chosen={isAsSeen ? 'seen' : 'original'}
            onChoose={(chosen) => setAsSeen(chosen === 'seen')}
          />
        )}
      </div>
      {letter.isReference === true && <p>{t('letters.reference')}</p>}
      {letter.isCut === true && !isAsSeen && letter.value !== null && (
        <p>
          {t('record.cut', {
            shown: number(bytesOf(letter.value).length),
            total: number(letter.valueBytes ?? bytesOf(letter.value).length),
          })}
        </p>
      )}
      {isAsSeen && letter.record !== undefined ? (
        <ValueView form={form} bytes={new TextEncoder().encode(letter.record)} text={letter.record} />
      ) : (
        <ValueView
          form={form}
          bytes={letter.value === null ? undefined : bytesOf(letter.value)}
          text={letter.valueText}
        />
      )}
    </>
  );
};
