import { useMemo } from 'react';
import { printJson, shownJson } from '../../../document/json.ts';
import type { CodeLanguage } from '../code/complete.ts';
import { LazyCode } from '../code/lazy-code.tsx';
import styles from '../designer.module.css';
import { useDesign } from '../model/design-context.ts';
import type { FieldProps } from './field-props.ts';
import { type FieldPlace, marksOf, useTextGoal } from './marks.ts';

const languageOf = ({ kind, language }: FieldProps['field']): CodeLanguage => {
  if (kind === 'expression') return 'expression';
  if (kind === 'json' || language === 'json') return 'json';
  return language === 'python' ? 'python' : 'javascript';
};

/** An expression, a script or JSON, with completion, and with what is wrong where it is. */
export const CodeControl = ({
  place,
  field,
  value,
  known,
  label,
  onChange,
}: FieldProps & { readonly label: string }) => {
  const { state, findings, mayDesign } = useDesign();
  const isJson = field.kind === 'json';
  const language = languageOf(field);
  const now = value ?? field.fallback;
  const { stage, option, row, column } = place;
  const marks = useMemo(
    () => marksOf(findings, { stage, option, row, column } as FieldPlace),
    [findings, stage, option, row, column],
  );
  return (
    <div className={styles.lines}>
      <span>{label}</span>
      <LazyCode
        label={label}
        language={language}
        value={isJson && now !== undefined ? printJson(now, 2) : shownJson(now)}
        isReadOnly={!mayDesign || isJson}
        isTall={field.kind === 'code'}
        known={known}
        marks={marks}
        goal={useTextGoal(state.goal, place)}
        onChange={onChange}
      />
    </div>
  );
};
