import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { TopicLook } from '../../api/filters/topic-filters.ts';
import { topicRecordsQuery } from '../../api/records/topics.ts';
import { mayOperate } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import { Empty, Queried } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { useText } from '../../reader/use-text.ts';
import { Found } from './found.tsx';
import { LookForm } from './look-form.tsx';
import { RecordView } from './topic-record.tsx';
import { TopicRecords } from './topic-records.tsx';
import styles from './topics.module.css';

const ROUTE = '/organizations/$orgId/topics/$topic';

/** What lies in a topic: its records, and one of them whole. */
export const TopicPage = () => {
  const { t } = useText();
  const { orgId, topic } = useParams({ from: ROUTE });
  const mayLook = mayOperate(useSession(), orgId);
  return (
    <div className={page.page}>
      <div className={page.head}>
        <Link to="/organizations/$orgId/topics" params={{ orgId }}>
          {t('look.all')}
        </Link>
        <h1>{topic}</h1>
      </div>
      {mayLook ? (
        <Looked key={topic} orgId={orgId} topic={topic} />
      ) : (
        <Empty title={t('look.noRight')} hint={t('look.noRightHint')} />
      )}
    </div>
  );
};

const Looked = ({ orgId, topic }: { readonly orgId: string; readonly topic: string }) => {
  const { t } = useText();
  const look = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: ROUTE });
  const client = useQueryClient();
  const query = topicRecordsQuery(orgId, topic, look);
  const list = useInfiniteQuery(query);
  const show = (next: TopicLook, replace = false): void => void navigate({ search: next, replace });
  return (
    <>
      <LookForm
        // Somebody went back, or followed a link to a place.
        key={`${look.partition} ${look.offset} ${look.since}`}
        look={look}
        isLooking={list.isFetching}
        onLook={(next) => show(next)}
        onAgain={() => void client.resetQueries({ queryKey: query.queryKey })}
      />
      <Queried query={list} failed={t('look.failed')}>
        {({ pages }) => (
          <>
            <Found pages={pages} />
            <div className={styles.columns}>
              <TopicRecords list={list} pages={pages} look={look} onShow={show} />
              <RecordView orgId={orgId} topic={topic} record={look.record} pages={pages} />
            </div>
          </>
        )}
      </Queried>
    </>
  );
};
