import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { topicsQuery } from '../../api/references.ts';
import { mayOperate } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import { Button } from '../../kit/button.tsx';
import { SearchField, TextField } from '../../kit/field.tsx';
import { Empty, Queried } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';

/** Topics that pipelines of the organisation may name, to be looked into. */
export const TopicsPage = () => {
  const { t } = useText();
  const { orgId } = useParams({ from: '/organizations/$orgId/topics' });
  const { text = '' } = useSearch({ from: '/organizations/$orgId/topics' });
  const navigate = useNavigate({ from: '/organizations/$orgId/topics' });
  const topics = useQuery(topicsQuery(orgId));
  const mayLook = mayOperate(useSession(), orgId);
  const search = (next: string): void => void navigate({ replace: true, search: next === '' ? {} : { text: next } });
  const columns = [{ name: t('topics.topic') }, { name: t('access.read') }, { name: t('access.write') }];
  return (
    <div className={page.page}>
      <div className={page.head}>
        <h1>{t('look.topics')}</h1>
        {!mayLook && <span className={page.hint}>{t('look.noRight')}</span>}
      </div>
      <Queried query={topics} failed={t('topics.failed')}>
        {({ items, patterns }) => {
          const shown = items.filter(({ topic }) => topic.toLowerCase().includes(text.toLowerCase()));
          return (
            <>
              <div className={page.tools} role="search">
                <SearchField label={t('look.search')} value={text} onSearch={search} />
              </div>
              {shown.length === 0 ? (
                <Empty title={t('look.noMatch')}>
                  <Button onClick={() => search('')}>{t('letters.clear')}</Button>
                </Empty>
              ) : (
                <Table label={t('look.topics')} columns={columns}>
                  {shown.map(({ topic, read, write }) => (
                    <tr key={topic}>
                      <th scope="row" className={tableStyles.wide}>
                        {read && mayLook ? (
                          <Link to="/organizations/$orgId/topics/$topic" params={{ orgId, topic }}>
                            {topic}
                          </Link>
                        ) : (
                          topic
                        )}
                      </th>
                      <td>{t(read ? 'users.yes' : 'access.no')}</td>
                      <td>{t(write ? 'users.yes' : 'access.no')}</td>
                    </tr>
                  ))}
                </Table>
              )}
              {patterns.length > 0 && mayLook && <ByName orgId={orgId} patterns={patterns} />}
            </>
          );
        }}
      </Queried>
    </div>
  );
};

/** Which topics a pattern grants nobody lists: one of them is told by its name. */
const ByName = ({ orgId, patterns }: { readonly orgId: string; readonly patterns: readonly string[] }) => {
  const { t } = useText();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const topic = name.trim();
  return (
    <form
      className={page.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (topic !== '') void navigate({ to: '/organizations/$orgId/topics/$topic', params: { orgId, topic } });
      }}
    >
      <TextField
        label={t('look.byName')}
        hint={t('look.byNameHint', { patterns: patterns.join(', ') })}
        maxLength={249}
        autoComplete="off"
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <div>
        <Button type="submit" disabled={topic === ''}>
          {t('look.look')}
        </Button>
      </div>
    </form>
  );
};
