import type { AlarmDelivery } from '@penstock/client/session';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Hourglass, type LucideIcon } from 'lucide-react';
import { deliveriesQuery } from '../../../api/alarms.ts';
import { Button } from '../../../kit/button.tsx';
import { Mark, type Tone } from '../../../kit/mark.tsx';
import { Problem, Queried } from '../../../kit/notice.tsx';
import styles from '../../../kit/page.module.css';
import { More, Table, tableStyles } from '../../../kit/table.tsx';
import { useText } from '../../../reader/use-text.ts';
import { retryDelivery } from './receiver-requests.ts';

const LOOKS: Readonly<Record<AlarmDelivery['state'], { readonly icon?: LucideIcon; readonly tone: Tone }>> = {
  pending: { icon: Hourglass, tone: 'warn' },
  delivered: { tone: 'good' },
  failed: { tone: 'bad' },
};

/** What was told to whom, and what could not be. */
export const Deliveries = ({ orgId, isOperator }: { readonly orgId: string; readonly isOperator: boolean }) => {
  const { t, number, time } = useText();
  const client = useQueryClient();
  const list = useInfiniteQuery(deliveriesQuery(orgId));
  const retrying = useMutation({
    mutationFn: (deliveryId: string) => retryDelivery(orgId, deliveryId),
    onSettled: () => client.invalidateQueries({ queryKey: deliveriesQuery(orgId).queryKey }),
  });
  const columns = [
    { name: t('deliveries.at') },
    { name: t('deliveries.subject') },
    { name: t('deliveries.receiver') },
    { name: t('deliveries.state') },
    { name: t('deliveries.attempts'), isNumber: true },
    ...(isOperator ? [{ name: t('table.actions') }] : []),
  ];
  const row = ({ deliveryId, createdAt, subject, receiverName, state, attempts, lastError }: AlarmDelivery) => {
    return (
      <tr key={deliveryId}>
        <td className={tableStyles.nowrap}>{time(createdAt)}</td>
        <td className={tableStyles.wide}>{subject}</td>
        <td className={tableStyles.wide}>{receiverName}</td>
        <td>
          <Mark {...LOOKS[state]}>{t(`deliveries.state.${state}`)}</Mark>
          {lastError !== null && <div className={tableStyles.code}>{lastError}</div>}
        </td>
        <td className={tableStyles.number}>{number(attempts)}</td>
        {isOperator && (
          <td>
            {state !== 'delivered' && (
              <Button
                aria-label={t('deliveries.retryOf', { subject })}
                disabled={retrying.isPending}
                onClick={() => retrying.mutate(deliveryId)}
              >
                {t('deliveries.retry')}
              </Button>
            )}
          </td>
        )}
      </tr>
    );
  };
  return (
    <section className={styles.section}>
      <h2>{t('deliveries.title')}</h2>
      {retrying.isError && <Problem title={t('operate.failed')} error={retrying.error} />}
      <Queried query={list} failed={t('deliveries.failed')}>
        {({ pages }) => {
          const deliveries = pages.flatMap(({ items }) => items);
          if (deliveries.length === 0) return <p className={styles.hint}>{t('deliveries.none')}</p>;
          return (
            <Table label={t('deliveries.title')} columns={columns}>
              {deliveries.map(row)}
            </Table>
          );
        }}
      </Queried>
      <More list={list} />
    </section>
  );
};
