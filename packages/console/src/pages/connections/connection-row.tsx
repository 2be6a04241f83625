import type { Connection } from '@penstock/client/session';
import { Button } from '../../kit/button.tsx';
import { Mark } from '../../kit/mark.tsx';
import styles from '../../kit/page.module.css';
import { tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';

interface ConnectionRowProps {
  readonly connection: Connection;
  readonly isManager: boolean;
  readonly mayTest: boolean;
  readonly onAsk: (what: 'edit' | 'test' | 'delete') => void;
}

/** A connection with what is to be known of it, and what can be done with it. */
export const ConnectionRow = ({ connection, isManager, mayTest, onAsk }: ConnectionRowProps) => {
  const { t, time } = useText();
  const { name, kind, description, address, secrets, issues, updatedAt, updatedBy, testedAt } = connection;
  return (
    <tr>
      <th scope="row" className={tableStyles.wide}>
        {name}
        {description !== '' && <div className={styles.hint}>{description}</div>}
        {issues.map(({ code, path, message }) => (
          <div key={`${code} ${path}`}>
            <Mark tone="warn">{message}</Mark>
          </div>
        ))}
      </th>
      <td>{kind}</td>
      <td className={tableStyles.code}>{address}</td>
      <td>{secrets.length === 0 ? t('connections.noSecrets') : secrets.join(', ')}</td>
      <td className={tableStyles.wide}>
        {time(updatedAt)}
        <div className={styles.hint}>{updatedBy}</div>
      </td>
      <td>{testedAt === null ? t('connections.neverTested') : time(testedAt)}</td>
      <td>
        <div className={styles.tools}>
          {mayTest && (
            <Button aria-label={t('connections.testOf', { name })} onClick={() => onAsk('test')}>
              {t('connections.test')}
            </Button>
          )}
          {isManager && (
            <>
              <Button aria-label={t('connections.editOf', { name })} onClick={() => onAsk('edit')}>
                {t('connections.edit')}
              </Button>
              <Button aria-label={t('connections.deleteOf', { name })} onClick={() => onAsk('delete')}>
                {t('connections.delete')}
              </Button>
            </>
          )}
        </div>
      </td>
    </tr>
  );
};
