import { useEffect, useRef, useState } from 'react';
import type { Mark } from '../code/code-editor.ts';
import { LazyCode } from '../code/lazy-code.tsx';
import styles from '../designer.module.css';
import { useSteadyDesign } from '../model/design-context.ts';
import type { KnownOfStage } from './use-known.ts';

interface ExpressionCellProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly isWrong: boolean;
  readonly known: KnownOfStage;
  readonly marks: readonly Mark[];
  readonly goal: Pick<Mark, 'offset' | 'length'> | undefined;
  readonly onChange: (value: string) => void;
}

/** A plain field until somebody is in it, and an editor meanwhile: a table has thousands of them. */
export const ExpressionCell = ({ label, name, value, isWrong, known, marks, goal, onChange }: ExpressionCellProps) => {
  const { mayDesign } = useSteadyDesign();
  // Where the cursor goes at first: where it was put, or once where a finding leads.
  const [cursor, setCursor] = useState<Pick<Mark, 'offset' | 'length'>>();
  const reached = useRef<typeof goal>(undefined);
  const isEdited = cursor !== undefined;
  useEffect(() => {
    if (!isEdited || goal === undefined || goal === reached.current) return;
    reached.current = goal;
    setCursor(goal);
  }, [goal, isEdited]);
  const begin = (input: HTMLInputElement): void => {
    // The browser puts the cursor where it was pointed to after it has told of the focus.
    requestAnimationFrame(() => {
      if (input.ownerDocument.activeElement !== input) return;
      const [from, to] = [input.selectionStart ?? 0, input.selectionEnd ?? 0];
      setCursor({ offset: from, length: to - from });
    });
  };
  const field = (isFocused: boolean) => (
    <input
      aria-label={label}
      aria-invalid={isWrong}
      data-cell={name}
      className={styles.cell}
      disabled={!mayDesign}
      // biome-ignore lint/a11y/noAutofocus: it takes the place of the field that had the cursor
      autoFocus={isFocused}
      value={value}
      onChange={({ target }) => onChange(target.value)}
      onFocus={({ target }) => !isFocused && begin(target)}
    />
  );
  if (cursor === undefined) return field(false);
  return (
    <LazyCode
      label={label}
      cell={name}
      language="expression"
      value={value}
      isReadOnly={false}
      known={known}
      marks={marks}
      goal={cursor}
      meanwhile={field(true)}
      onChange={onChange}
      onBlur={() => setCursor(undefined)}
    />
  );
};
