import { Fragment } from 'react';
import styles from './library-page.module.css';

/** Text of a definition: paragraphs, with what is between backticks as code. */
export const Prose = ({ text }: { readonly text: string }) => (
  <>
    {text
      .split(/\n{2,}/)
      .filter((paragraph) => paragraph.trim() !== '')
      .map((paragraph) => (
        <p key={paragraph} className={styles.prose}>
          {paragraph.split('`').map((piece, index) => {
            // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place
            return index % 2 === 1 ? <code key={index}>{piece}</code> : <Fragment key={index}>{piece}</Fragment>;
          })}
        </p>
      ))}
  </>
);
