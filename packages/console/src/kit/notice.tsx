import { type Explanation, PenstockError } from '@penstock/client/session';
import { CircleX, Inbox, LoaderCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../reader/use-text.ts';
import { Button } from './button.tsx';
import styles from './notice.module.css';

/** What stands where there is nothing: why, and what to do about it. */
export const Empty = ({
  title,
  hint,
  isPage,
  children,
}: {
  readonly title: string;
  readonly hint?: string;
  /** It stands for a whole page, and is its heading. */
  readonly isPage?: boolean;
  readonly children?: ReactNode;
}) => (
  <div className={styles.notice}>
    <Inbox size={28} aria-hidden="true" />
    {isPage === true ? <h1 className={styles.title}>{title}</h1> : <p className={styles.title}>{title}</p>}
    {hint !== undefined && <p className={styles.hint}>{hint}</p>}
    {children}
  </div>
);

export const Loading = () => {
  const { t } = useText();
  return (
    <div className={styles.notice} role="status">
      <LoaderCircle size={22} aria-hidden="true" />
      <p>{t('app.loading')}</p>
    </div>
  );
};

/** What the service said to something that was asked of it. */
export const Problem = ({ title, error }: { readonly title: string; readonly error: unknown }) => (
  <div className={styles.problem} role="alert">
    <CircleX size={16} aria-hidden="true" />
    <div>
      <strong>{title}</strong> {error instanceof Error ? error.message : String(error)}
      {error instanceof PenstockError && <div className={styles.code}>{error.code}</div>}
      {error instanceof PenstockError && <Explained explanation={error.explanation} />}
      {error instanceof PenstockError && error.issues.length > 0 && (
        <ul className={styles.issues}>
          {error.issues.map(({ path, message, code, explanation }) => (
            <li key={`${path} ${code} ${message}`}>
              {path !== '' && <span className={styles.code}>{path}</span>} {message === error.message ? '' : message}
              {code !== error.code && <Explained explanation={explanation} />}
            </li>
          ))}
        </ul>
      )}
    </div>
  </div>
);

/** What the service says of a code in a language other than English, which its messages are in. */
const Explained = ({ explanation }: { readonly explanation: Explanation | undefined }) =>
  explanation === undefined ? null : (
    <div>{[explanation.meaning, explanation.remedy].filter((part) => part !== undefined).join(' ')}</div>
  );

interface QueriedProps<T> {
  readonly query: {
    readonly data: T | undefined;
    readonly isError: boolean;
    readonly error: unknown;
    readonly refetch: () => Promise<unknown>;
  };
  /** That it could not be read. */
  readonly failed: string;
  readonly children: (data: T) => ReactNode;
}

/** What was asked of the service, once it is there; what was there stays while it cannot be read again. */
export const Queried = <T,>({ query, failed, children }: QueriedProps<T>) => {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Failed title={failed} error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading />;
};

/** Something could not be read, and may be tried again. */
export const Failed = ({
  title,
  error,
  onRetry,
}: {
  readonly title: string;
  readonly error: unknown;
  readonly onRetry: () => void;
}) => {
  const { t } = useText();
  return (
    <div className={styles.notice}>
      <Problem title={title} error={error} />
      <Button onClick={onRetry}>{t('app.retry')}</Button>
    </div>
  );
};
