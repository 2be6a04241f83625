import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { CheckField, TextField } from '../../kit/field.tsx';
import { Queried } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { grantTopics, topicGrantsQuery, withdrawTopics } from './access-requests.ts';

interface TopicGrantsProps {
  readonly orgId: string;
  readonly isAdministrator: boolean;
}

const FRESH = { pattern: '', read: true, write: false };

/** Topics beside its own six that an organisation may read and write. */
export const TopicGrants = ({ orgId, isAdministrator }: TopicGrantsProps) => {
  const { t } = useText();
  const client = useQueryClient();
  const list = useQuery(topicGrantsQuery(orgId));
  const [draft, setDraft] = useState<typeof FRESH>();
  const [gone, setGone] = useState<string>();
  // Pickers of topics follow from it.
  const again = () =>
    client.invalidateQueries({
      predicate: ({ queryKey: [kind, id] }) => id === orgId && (kind === 'topic-grants' || kind === 'topics'),
    });
  const columns = [
    { name: t('access.pattern') },
    { name: t('access.read') },
    { name: t('access.write') },
    ...(isAdministrator ? [{ name: t('table.actions') }] : []),
  ];
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('access.topics')}</h2>
        {isAdministrator && (
          <Button onClick={() => setDraft(FRESH)}>
            <Plus size={14} aria-hidden="true" /> {t('access.grantTopics')}
          </Button>
        )}
      </div>
      <Queried query={list} failed={t('access.failed')}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={styles.hint}>{t('access.noTopics')}</p>
          ) : (
            <Table label={t('access.topics')} columns={columns}>
              {items.map(({ pattern, read, write }) => (
                <tr key={pattern}>
                  <th scope="row" className={tableStyles.code}>
                    {pattern}
                  </th>
                  <td>{t(read ? 'users.yes' : 'access.no')}</td>
                  <td>{t(write ? 'users.yes' : 'access.no')}</td>
                  {isAdministrator && (
                    <td>
                      <Button aria-label={t('access.withdrawOf', { name: pattern })} onClick={() => setGone(pattern)}>
                        {t('access.withdraw')}
                      </Button>
                    </td>
                  )}
                </tr>
              ))}
            </Table>
          )
        }
      </Queried>
      {draft !== undefined && (
        <ConfirmDialog
          title={t('access.grantTopics')}
          action={t('access.save')}
          isIncomplete={draft.pattern.trim() === '' || !(draft.read || draft.write)}
          onConfirm={async () => {
            await grantTopics(orgId, { ...draft, pattern: draft.pattern.trim() });
            await again();
          }}
          onClose={() => setDraft(undefined)}
        >
          <TextField
            label={t('access.pattern')}
            hint={t('access.patternHint')}
            maxLength={249}
            autoComplete="off"
            value={draft.pattern}
            onChange={({ target }) => setDraft({ ...draft, pattern: target.value })}
          />
          <CheckField
            label={t('access.read')}
            checked={draft.read}
            onChange={({ target }) => setDraft({ ...draft, read: target.checked })}
          />
          <CheckField
            label={t('access.write')}
            checked={draft.write}
            onChange={({ target }) => setDraft({ ...draft, write: target.checked })}
          />
        </ConfirmDialog>
      )}
      {gone !== undefined && (
        <ConfirmDialog
          isDangerous
          title={t('access.withdrawOf', { name: gone })}
          action={t('access.withdraw')}
          onConfirm={async () => {
            await withdrawTopics(orgId, gone);
            await again();
          }}
          onClose={() => setGone(undefined)}
        >
          <p>{t('access.withdrawWhat')}</p>
        </ConfirmDialog>
      )}
    </section>
  );
};
