import { useEffect, useState } from 'react';
import { isObject, parseJson, printJson } from '../../document/json.ts';
import { useText } from '../../reader/use-text.ts';
import { LazyCode } from './code/lazy-code.tsx';
import styles from './designer.module.css';
import { useDesign } from './model/design-context.ts';

/** The document as text, beside the canvas: two views of one thing, with one undo. */
export const TextView = () => {
  const { t } = useText();
  const { document, edit, mayDesign } = useDesign();
  const [text, setText] = useState(() => printJson(document, 2));
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    // What was typed here is the document already, though spelt in its own way.
    setText((before) => (isSameDocument(before, printJson(document)) ? before : printJson(document, 2)));
  }, [document]);
  const type = (typed: string): void => {
    setText(typed);
    try {
      const value = parseJson(typed);
      if (!isObject(value)) throw new SyntaxError(t('design.notObject'));
      setProblem(undefined);
      if (printJson(value) !== printJson(document)) edit('text', value, { about: 'text' });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <section className={styles.text} aria-label={t('design.text')}>
      <LazyCode label={t('design.text')} language="json" value={text} isReadOnly={!mayDesign} isTall onChange={type} />
      {problem !== undefined && (
        <p role="alert" className={styles.problem}>
          {t('design.textProblem', { reason: problem })}
        </p>
      )}
    </section>
  );
};

const isSameDocument = (text: string, printed: string): boolean => {
  try {
    return printJson(parseJson(text)) === printed;
  } catch {
    return false; // being typed
  }
};
