import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import { functionsQuery } from '../model/design-requests.ts';
import { CodeEditor, type CodeLanguage } from './code-editor.ts';

export interface CodeFieldProps {
  readonly label: string;
  readonly language: CodeLanguage;
  readonly value: string;
  readonly isReadOnly: boolean;
  readonly isTall?: boolean;
  /** Text that is completed: fields and points of the document, say. */
  readonly words?: readonly string[];
  readonly onChange: (value: string) => void;
}

/** A field for an expression, a script or JSON. */
export const CodeField = ({ label, language, value, isReadOnly, isTall, words, onChange }: CodeFieldProps) => {
  const { t } = useText();
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor>(undefined);
  const latest = useRef({ value, onChange });
  latest.current = { value, onChange };
  const functions = useQuery({ ...functionsQuery, enabled: language === 'expression' });
  useEffect(() => {
    if (host.current === null) return undefined;
    const made = new CodeEditor(host.current, {
      label,
      language,
      isReadOnly,
      onChange: (text) => latest.current.onChange(text),
    });
    editor.current = made;
    // One that is made anew, in another language say, begins with what the one before it showed.
    made.show(latest.current.value);
    return () => {
      editor.current = undefined;
      made.destroy();
    };
  }, [label, language, isReadOnly]);
  useEffect(() => editor.current?.show(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an editor that is made anew is told again
  useEffect(() => {
    if (editor.current === undefined) return;
    const known = (functions.data?.items ?? []).map(({ name, signature, summary }) => ({ name, signature, summary }));
    editor.current.complete(known, words ?? []);
  }, [functions.data, words, label, language, isReadOnly]);
  return (
    <div
      ref={host}
      className={`${styles.code} ${isTall === true ? styles.tall : ''}`}
      title={isReadOnly ? t('design.readOnly') : undefined}
    />
  );
};
