import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import { functionsQuery } from '../model/design-requests.ts';
import { CodeEditor, type Mark } from './code-editor.ts';
import type { CodeLanguage, Known } from './complete.ts';

export interface CodeFieldProps {
  readonly label: string;
  readonly language: CodeLanguage;
  readonly value: string;
  readonly isReadOnly: boolean;
  readonly isTall?: boolean;
  /** It stands in a cell of a table, of this name. */
  readonly cell?: string;
  /** What is completed beside the functions of the service. */
  readonly known?: Omit<Known, 'functions'>;
  /** What is wrong, where in the text. */
  readonly marks?: readonly Mark[];
  /** Where the cursor is to go; a new object each time. */
  readonly goal?: Pick<Mark, 'offset' | 'length'> | undefined;
  readonly onChange: (value: string) => void;
  readonly onBlur?: () => void;
}

const NO_MARKS: readonly Mark[] = [];
const NOTHING = { fields: [], points: [], names: [] };

/** A field for an expression, a script or JSON. */
export const CodeField = (props: CodeFieldProps) => {
  const { label, language, value, isReadOnly, isTall, cell, known = NOTHING, marks = NO_MARKS, goal } = props;
  const { t } = useText();
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const functions = useQuery({ ...functionsQuery, enabled: language === 'expression' });
  useEffect(() => {
    if (host.current === null) return undefined;
    const made = new CodeEditor(host.current, {
      label,
      language,
      isReadOnly,
      onChange: (text) => latest.current.onChange(text),
      onBlur: () => latest.current.onBlur?.(),
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
    const found = (functions.data?.items ?? []).map(({ name, signature, summary, parameters }) => ({
      name,
      signature,
      summary,
      parameters: parameters.length,
    }));
    editor.current?.complete({ ...known, functions: found });
  }, [functions.data, known, label, language, isReadOnly]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an editor that is made anew is told again
  useEffect(() => editor.current?.mark(marks), [marks, label, language, isReadOnly]);
  useEffect(() => {
    if (goal !== undefined) editor.current?.go(goal);
  }, [goal]);
  return (
    <div
      ref={host}
      className={`${styles.code} ${isTall === true ? styles.tall : ''} ${cell === undefined ? '' : styles.cellCode}`}
      {...(cell === undefined ? {} : { 'data-cell': cell })}
      title={isReadOnly ? t('design.readOnly') : undefined}
    />
  );
};
