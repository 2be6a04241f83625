import { useEffect, useRef } from 'react';
import { useDesign } from '../model/design-context.ts';

/** Puts the cursor into the field of the form where a finding leads. Tables take it to their own rows. */
export const useFormGoal = () => {
  const form = useRef<HTMLElement>(null);
  const { goal } = useDesign().state;
  useEffect(() => {
    if (goal === undefined || goal.row !== undefined || goal.option === undefined) return;
    const field = form.current?.querySelector<HTMLElement>(`[data-option="${CSS.escape(goal.option)}"]`);
    // Of a table as a whole it is that it has no rows, or too few.
    field?.querySelector<HTMLElement>('[data-adds-row]')?.focus();
    focusIn(field);
  }, [goal]);
  return form;
};

/** The control of a field; an editor takes the cursor into its text by itself. */
export const focusIn = (field: HTMLElement | null | undefined): void => {
  if (field == null || field.dataset.code !== undefined || field.dataset.table !== undefined) return;
  const control = field.querySelector<HTMLElement>('input, select, textarea');
  control?.focus();
  control?.scrollIntoView({ block: 'center' });
};
