import { type FocusEvent, type ReactNode, useCallback, useState } from 'react';
import { type Field, groupsOf, isShown } from '../../../document/fields.ts';
import type { JsonValue } from '../../../document/json.ts';
import { labelOf, stagesOf } from '../../../document/shape.ts';
import { type FormDocument, pointsInForm, setFormField } from '../../../forms/form-document.ts';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import { FieldView } from '../inspector/field-view.tsx';
import { useKnown } from '../inspector/use-known.ts';
import { usePoints } from '../inspector/use-points.ts';
import { type DrawnTemplate, useDesign } from '../model/design-context.ts';
import { RowsField } from './rows-field.tsx';
import look from './template.module.css';
import { useFormGoal } from './use-form-goal.ts';

interface FormViewProps {
  readonly template: DrawnTemplate;
  /** The document as text, where it is shown. */
  readonly text: ReactNode;
}

/** The form of a template, drawn from its schema: what holds for all of it, then the policies one by one or as a table. */
export const FormView = ({ template, text }: FormViewProps) => {
  const { t } = useText();
  const { document, edit } = useDesign();
  const { label, summary, fields } = template;
  const gather = useCallback((form: FormDocument) => pointsInForm(fields, form), [fields]);
  const points = usePoints(document, gather);
  const known = useKnown(undefined, undefined, points);
  const goal = useFormGoal();
  const [help, setHelp] = useState<string>();
  const shown = fields.filter((field) => isShown(field, fields, (name) => document[name]));
  const set = (field: Field, value: JsonValue | undefined): void =>
    edit('option', setFormField(document, field.name, value), { about: field.name });
  const propsOf = (field: Field) => ({
    field,
    place: { option: field.name },
    value: document[field.name],
    points,
    known,
    onChange: (value: JsonValue | undefined) => set(field, value),
  });
  return (
    <div className={`${look.panes} ${text === false ? '' : look.withText}`}>
      <section
        ref={goal}
        className={look.form}
        aria-label={t('design.form')}
        onFocusCapture={(event) => setHelp(helpOf(fields, event))}
      >
        <div className={look.fields}>
          <p className={styles.hint}>
            {t('design.templateOf', { name: label })} {summary}
          </p>
          <StandsFor />
          {groupsOf(shown.filter(({ kind }) => kind !== 'table')).map(({ name, fields: inGroup }) => (
            <fieldset key={name} className={styles.group}>
              {name !== '' && <legend>{name}</legend>}
              <div className={look.grid}>
                {inGroup.map((field) => (
                  <div key={field.name} className={look[field.kind]}>
                    <FieldView {...propsOf(field)} />
                  </div>
                ))}
              </div>
            </fieldset>
          ))}
          {shown
            .filter(({ kind }) => kind === 'table')
            .map((field) => (
              <RowsField key={field.name} {...propsOf(field)} />
            ))}
        </div>
        <p className={look.help} lang="en">
          {help}
        </p>
      </section>
      {text}
    </div>
  );
};

/** What the reference says of the field that has the cursor. */
const helpOf = (fields: readonly Field[], { target }: FocusEvent): string | undefined => {
  const of = (name: string): HTMLElement | null =>
    target instanceof Element ? target.closest(`[data-${name}]`) : null;
  const option = of('option')?.dataset.option ?? of('cell')?.dataset.cell?.split(' ')[1];
  const all = [...fields, ...fields.flatMap(({ columns }) => columns)];
  return all.find(({ name }) => name === option)?.description;
};

/** The stages that are tried and run. */
const StandsFor = () => {
  const { t } = useText();
  const { stages } = useDesign();
  const labels = stagesOf(stages).map(labelOf);
  if (labels.length === 0) return null;
  return (
    <details className={styles.hint}>
      <summary>{t('design.standsFor', { n: labels.length })}</summary>
      <ol className={look.stages}>
        {labels.map((label) => (
          <li key={label}>{label}</li>
        ))}
      </ol>
    </details>
  );
};
