import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { TextField } from '../../kit/field.tsx';
import { Queried } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { More, Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { type AuditFilters, auditQuery } from './access-requests.ts';

const FIELDS = ['actor', 'action', 'target'] as const;
const NONE = { actor: '', action: '', target: '' };

/** Who did what in an organisation, the newest first. */
export const Audit = ({ orgId }: { readonly orgId: string }) => {
  const { t, time } = useText();
  const [typed, setTyped] = useState(NONE);
  const [filters, setFilters] = useState<AuditFilters>({});
  const list = useInfiniteQuery(auditQuery(orgId, filters));
  const look = (event: FormEvent): void => {
    event.preventDefault();
    setFilters(Object.fromEntries(Object.entries(typed).filter(([, value]) => value.trim() !== '')));
  };
  const columns = [
    { name: t('audit.at') },
    { name: t('audit.actor') },
    { name: t('audit.from') },
    { name: t('audit.action') },
    { name: t('audit.target') },
    { name: t('audit.detail') },
  ];
  return (
    <section className={styles.section}>
      <h2>{t('audit.title')}</h2>
      <form className={styles.tools} onSubmit={look} aria-label={t('audit.filter')}>
        {FIELDS.map((name) => (
          <TextField
            key={name}
            hideLabel
            label={t(`audit.${name}`)}
            placeholder={t(`audit.${name}`)}
            maxLength={300}
            value={typed[name]}
            onChange={({ target }) => setTyped({ ...typed, [name]: target.value })}
          />
        ))}
        <Button type="submit">{t('audit.look')}</Button>
      </form>
      <Queried query={list} failed={t('audit.failed')}>
        {({ pages }) => {
          const entries = pages.flatMap(({ items }) => items);
          if (entries.length === 0) return <p className={styles.hint}>{t('audit.none')}</p>;
          return (
            <Table label={t('audit.title')} columns={columns}>
              {entries.map(({ at, actor, address, action, target, detail }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the same may be done twice in a moment
                <tr key={`${at} ${action} ${target} ${index}`}>
                  <td className={tableStyles.nowrap}>{time(at)}</td>
                  <td className={tableStyles.wide}>{actor}</td>
                  <td className={`${tableStyles.code} ${tableStyles.nowrap}`}>{address}</td>
                  <td className={tableStyles.code}>{action}</td>
                  <td className={tableStyles.code}>{target}</td>
                  <td className={tableStyles.wide}>{detail}</td>
                </tr>
              ))}
            </Table>
          );
        }}
      </Queried>
      <More list={list} />
    </section>
  );
};
