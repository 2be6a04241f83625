import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { pipelinesQuery } from '../../api/pipelines.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { SearchField } from '../../kit/field.tsx';
import { Queried } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { More } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';

interface TryDialogProps {
  readonly orgId: string;
  readonly topic: string;
  readonly record: string;
  readonly onClose: () => void;
}

/** Goes with a record to the designer of a pipeline, where its preview is run over it. */
export const TryDialog = ({ orgId, topic, record, onClose }: TryDialogProps) => {
  const { t } = useText();
  const [text, setText] = useState('');
  const list = useInfiniteQuery(pipelinesQuery(orgId, text === '' ? {} : { text }));
  return (
    <Dialog title={t('look.tryTitle')} onClose={onClose} actions={<Button onClick={onClose}>{t('app.cancel')}</Button>}>
      <p>{t('look.tryWhat')}</p>
      <SearchField label={t('pipelines.search')} value={text} onSearch={setText} />
      <Queried query={list} failed={t('pipelines.loadFailed')}>
        {({ pages }) => {
          const pipelines = pages.flatMap(({ items }) => items);
          if (pipelines.length === 0) return <p>{t(text === '' ? 'pipelines.none' : 'pipelines.noMatch')}</p>;
          return (
            <ul className={page.list}>
              {pipelines.map(({ pipelineId, name }) => (
                <li key={pipelineId}>
                  <Link
                    to="/organizations/$orgId/pipelines/$pipelineId/design"
                    params={{ orgId, pipelineId }}
                    search={{ topic, record }}
                  >
                    {name}
                  </Link>
                </li>
              ))}
            </ul>
          );
        }}
      </Queried>
      <More list={list} />
    </Dialog>
  );
};
