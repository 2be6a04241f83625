import type { System } from '@penstock/client/session';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';

/** Everything that grows, the largest first, with what bounds it. */
export const Growth = ({ items }: { readonly items: System['growth'] }) => {
  const { t, number, bytes } = useText();
  const columns = [
    { name: t('system.grows') },
    { name: t('system.rows'), isNumber: true },
    { name: t('system.size'), isNumber: true },
    { name: t('system.bound') },
  ];
  const sorted = [...items].sort((one, other) => (other.bytes ?? -1) - (one.bytes ?? -1));
  const total = items.reduce((sum, { bytes: each }) => sum + (each ?? 0), 0);
  return (
    <section className={page.section}>
      <h2>{t('system.growth')}</h2>
      <p className={page.hint}>{t('system.total', { size: bytes(total) })}</p>
      <Table label={t('system.growth')} columns={columns}>
        {sorted.map(({ name, what, rows, bytes: size, bound }) => (
          <tr key={name}>
            <th scope="row" className={tableStyles.wide}>
              <code>{name}</code>
              <div className={page.hint}>{what}</div>
            </th>
            <td className={tableStyles.number}>{rows === null ? '–' : number(rows)}</td>
            <td className={tableStyles.number}>{size === null ? '–' : bytes(size)}</td>
            <td className={tableStyles.wide}>{bound}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
};
