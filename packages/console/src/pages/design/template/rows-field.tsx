import { Copy, Plus, Trash2 } from 'lucide-react';
import { useEffect, useId, useMemo, useState } from 'react';
import { newRow } from '../../../document/fields.ts';
import { isObject, type JsonValue, listOf } from '../../../document/json.ts';
import { Button } from '../../../kit/button.tsx';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import type { FieldProps } from '../inspector/field-props.ts';
import { TableField } from '../inspector/table-field.tsx';
import { useDesign } from '../model/design-context.ts';
import { RowForm } from './row-form.tsx';
import { RowList } from './row-list.tsx';
import look from './template.module.css';

const VIEWS = ['single', 'table'] as const;
const NO_ROWS: readonly JsonValue[] = [];

/** Rows with many fields: one by one as a form beside the list of them, or all as a table, for cells of a spreadsheet. */
export const RowsField = (props: FieldProps) => {
  const { field, place, value, points, known, onChange } = props;
  const { t, number } = useText();
  const { state, findings, mayDesign } = useDesign();
  const id = useId();
  const [view, setView] = useState<(typeof VIEWS)[number]>('single');
  const [chosen, setChosen] = useState(0);
  const rows = value === undefined ? NO_ROWS : listOf(value);
  const at = Math.min(chosen, rows.length - 1);
  const { goal } = state;
  useEffect(() => {
    if (goal?.option === place.option && goal.row !== undefined) setChosen(goal.row);
  }, [goal, place.option]);
  const wrong = useMemo(() => {
    const own = findings.filter((finding) => finding.place.option === place.option);
    return new Set(
      own.flatMap(({ severity, place: { row } }) => (severity === 'error' && row !== undefined ? [row] : [])),
    );
  }, [findings, place.option]);
  const ofTable = findings.filter(({ place: of }) => of.option === place.option && of.row === undefined);
  const add = (row: JsonValue): void => {
    onChange([...rows.slice(0, at + 1), row, ...rows.slice(at + 1)]);
    setChosen(at + 1);
  };
  const row = rows[at];
  return (
    <section className={styles.group} aria-labelledby={id} data-option={field.name} data-table="">
      <div className={look.head}>
        <h2 id={id}>
          {field.title} <span className={styles.hint}>{t('design.rows', { n: number(rows.length) })}</span>
        </h2>
        <div className={styles.views}>
          {VIEWS.map((name) => (
            <Button
              key={name}
              kind="quiet"
              aria-pressed={view === name}
              className={view === name ? styles.current : undefined}
              onClick={() => setView(name)}
            >
              {t(`design.rows.${name}`)}
            </Button>
          ))}
        </div>
        <span className={styles.grow} />
        {view === 'single' && (
          <>
            <Button data-adds-row="" disabled={!mayDesign} onClick={() => add(newRow(field.columns))}>
              <Plus size={14} aria-hidden="true" /> {t('design.addRow')}
            </Button>
            {row !== undefined && (
              <>
                <Button disabled={!mayDesign} onClick={() => add(row)}>
                  <Copy size={14} aria-hidden="true" /> {t('design.duplicateRow', { n: at + 1 })}
                </Button>
                <Button disabled={!mayDesign} onClick={() => onChange(rows.filter((_, index) => index !== at))}>
                  <Trash2 size={14} aria-hidden="true" /> {t('design.removeRow', { n: at + 1 })}
                </Button>
              </>
            )}
          </>
        )}
      </div>
      {ofTable.map(({ code, message }) => (
        <p key={`${code} ${message}`} className={styles.problem}>
          {message}
        </p>
      ))}
      {view === 'table' && <TableField {...props} isTall />}
      {view === 'single' && rows.length > 0 && (
        <div className={look.rows}>
          <RowList field={field} rows={rows} chosen={at} wrong={wrong} onChoose={setChosen} />
          <RowForm
            key={at}
            field={field}
            index={at}
            row={isObject(row) ? row : {}}
            points={points}
            known={known}
            onChange={(next) => onChange(rows.map((each, index) => (index === at ? next : each)))}
          />
        </div>
      )}
      {view === 'single' && rows.length === 0 && <p className={styles.hint}>{t('design.noRows')}</p>}
    </section>
  );
};
