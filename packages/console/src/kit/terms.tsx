import type { ReactNode } from 'react';
import styles from './page.module.css';

interface TermsProps {
  /** In order; names may be alike, and what has an empty text is left out. */
  readonly items: readonly (readonly [name: string, value: ReactNode])[];
}

/** Names with what they stand for, below each other. */
export const Terms = ({ items }: TermsProps) => (
  <dl className={styles.terms}>
    {items.map(([name, value], index) =>
      value === '' ? null : (
        // biome-ignore lint/suspicious/noArrayIndexKey: two may have one name; one is its place
        <div key={index}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ),
    )}
  </dl>
);
