import type { ReactNode } from 'react';
import { useText } from '../reader/use-text.ts';
import { Button } from './button.tsx';
import page from './page.module.css';
import styles from './table.module.css';

export interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
}

interface TableProps {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly children: ReactNode;
}

/** A table with a few rows. Long lists are made of virtual rows instead. */
export const Table = ({ label, columns, children }: TableProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls by keys
  <div className={styles.scroll} role="region" aria-label={label} tabIndex={0}>
    <table className={styles.table} aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ name, isNumber }) => (
            <th key={name} scope="col" className={isNumber === true ? styles.number : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
);

/** A list of the service that comes page by page. */
export interface PagedList {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
}

interface MoreProps {
  readonly list: PagedList;
  /** What comes next, where that says more than that there is more. */
  readonly label?: string;
  /** Beside the button. */
  readonly children?: ReactNode;
}

/** Asks for the next page of a list; nothing where there is none. */
export const More = ({ list, label, children }: MoreProps) => {
  const { t } = useText();
  if (!list.hasNextPage) return null;
  return (
    <div className={page.tools}>
      <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {label ?? t('app.more')}
      </Button>
      {children}
    </div>
  );
};

export const tableStyles = styles;
