import type { Session } from '@penstock/client/session';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from '../../kit/button.tsx';
import { Problem } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useNow } from '../../reader/clock.ts';
import { useText } from '../../reader/use-text.ts';
import { endOtherSessions, endSession, sessionsQuery } from './account-requests.ts';

const METHODS = ['password', 'link', 'oidc'] as const;

/** Where somebody is signed in, and how to end that. */
export const Sessions = ({ items }: { readonly items: readonly Session[] }) => {
  const { t, time, duration } = useText();
  const now = useNow();
  const client = useQueryClient();
  const ending = useMutation({
    // undefined: all but this one.
    mutationFn: async (sessionId: string | undefined): Promise<unknown> =>
      sessionId === undefined ? endOtherSessions() : endSession(sessionId),
    onSettled: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  const methodName = (method: string): string => {
    const known = METHODS.find((each) => each === method);
    return known === undefined ? method : t(`account.method.${known}`);
  };
  const columns = [
    { name: t('account.begun') },
    { name: t('account.method') },
    { name: t('account.from') },
    { name: t('account.browser') },
    { name: t('account.lastUse'), isNumber: true },
    { name: t('table.actions') },
  ];
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('account.sessions')}</h2>
        <Button disabled={items.length < 2 || ending.isPending} onClick={() => ending.mutate(undefined)}>
          {t('account.endOthers')}
        </Button>
      </div>
      {ending.isError && <Problem title={t('operate.failed')} error={ending.error} />}
      <Table label={t('account.sessions')} columns={columns}>
        {items.map(({ sessionId, createdAt, method, address, userAgent, lastSeenAt, isThis }) => (
          <tr key={sessionId}>
            <td className={tableStyles.nowrap}>{time(createdAt)}</td>
            <td>{methodName(method)}</td>
            <td className={tableStyles.code}>{address}</td>
            <td className={tableStyles.wide}>{userAgent}</td>
            <td className={tableStyles.number}>{t('time.ago', { time: duration(now - lastSeenAt) })}</td>
            <td>
              {isThis ? (
                t('account.this')
              ) : (
                <Button disabled={ending.isPending} onClick={() => ending.mutate(sessionId)}>
                  {t('account.end')}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
};
