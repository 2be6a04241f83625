import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import { laneTableOf, operatorOf } from '../../../catalogue/operators.ts';
import { type Field, fieldsOf, groupsOf, isShown, pointsIn } from '../../../document/fields.ts';
import { isObject, type JsonObject, type JsonValue, textOf } from '../../../document/json.ts';
import { optionOf, setOption, setStageText } from '../../../document/options.ts';
import { setOutputRows } from '../../../document/outputs.ts';
import { idOf, labelOf, type PipelineDocument, stageOf, stagesOf, uiOf } from '../../../document/shape.ts';
import { TextField } from '../../../kit/field.tsx';
import { usePreferences } from '../../../reader/preferences.ts';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import { useDesign } from '../model/design-context.ts';
import { stageSettingsQuery } from '../model/design-requests.ts';
import { FieldView } from './field-view.tsx';
import { useKnown } from './use-known.ts';
import { usePoints } from './use-points.ts';

/** What is set of the one stage that is chosen. */
export const Inspector = () => {
  const { t } = useText();
  const { document, state } = useDesign();
  const [id] = state.selection;
  const stage = id === undefined || state.selection.size !== 1 ? undefined : stageOf(document, id);
  return (
    <section className={styles.inspector} aria-label={t('design.inspector')} id="inspector">
      {stage === undefined ? (
        <p className={styles.hint}>
          {state.selection.size > 1 ? t('design.chosen', { n: state.selection.size }) : t('design.chooseStage')}
        </p>
      ) : (
        <StageForm key={id} stage={stage} />
      )}
    </section>
  );
};

const pointsOf = (document: PipelineDocument): readonly string[] => pointsIn(stagesOf(document));

const StageForm = ({ stage }: { readonly stage: JsonObject }) => {
  const { t } = useText();
  const { locale } = usePreferences();
  const { document, operators, orgId, edit, mayDesign } = useDesign();
  const id = idOf(stage);
  const operator = operatorOf(operators, stage);
  const settings = useQuery(stageSettingsQuery(locale));
  const fields = useMemo(() => fieldsOf(operator?.config), [operator]);
  const common = useMemo(() => fieldsOf(settings.data), [settings.data]);
  const points = usePoints(document, pointsOf);
  const known = useKnown(id, operator, points);
  const table = laneTableOf(fields);
  const form = useGoal(id);
  const set = (field: Field, value: JsonValue | undefined): void => {
    const isOutputs = table?.option === field.name && Array.isArray(value);
    const next = isOutputs ? setOutputRows(document, id, table, value) : setOption(document, id, field.name, value);
    edit('option', next, { about: `${id} ${field.name}` });
  };
  const all = [...fields, ...common];
  const shown = all.filter((field) => isShown(field, all, (name) => optionOf(stage, name)));
  const view = (field: Field) => (
    <FieldView
      key={field.name}
      place={{ stage: id, option: field.name }}
      field={field}
      value={optionOf(stage, field.name)}
      points={points}
      known={known}
      onChange={(value) => set(field, value)}
    />
  );
  const text = (name: 'label' | 'description', value: string) =>
    edit('rename', setStageText(document, id, { [name]: value }), { about: `${id} ${name}` });
  return (
    <div ref={form} className={styles.form}>
      <h2>{labelOf(stage)}</h2>
      <p className={styles.hint}>
        {operator === undefined ? t('design.unknownOperator', { name: textOf(stage.stageName) }) : operator.summary}{' '}
        {operator !== undefined && (
          // Beside the designer: what is not saved stays where it is.
          <Link
            to="/organizations/$orgId/library"
            params={{ orgId }}
            search={{ operator: operator.id }}
            target="_blank"
            rel="noreferrer"
          >
            {t('library.open')}
          </Link>
        )}
      </p>
      <TextField
        label={t('design.label')}
        value={textOf(uiOf(stage).label)}
        maxLength={200}
        disabled={!mayDesign}
        onChange={({ target }) => text('label', target.value)}
      />
      <TextField
        label={t('design.description')}
        value={textOf(uiOf(stage).description)}
        maxLength={1000}
        disabled={!mayDesign}
        onChange={({ target }) => text('description', target.value)}
      />
      {groupsOf(shown.filter(({ isAdvanced }) => !isAdvanced)).map(({ name, fields: inGroup }) => (
        <fieldset key={name} className={styles.group}>
          <legend>{name}</legend>
          {inGroup.map(view)}
        </fieldset>
      ))}
      {shown.some(({ isAdvanced }) => isAdvanced) && (
        <details className={styles.group}>
          <summary>{t('design.advanced')}</summary>
          {shown.filter(({ isAdvanced }) => isAdvanced).map(view)}
        </details>
      )}
      {operator === undefined && isObject(stage) && <p className={styles.hint}>{t('design.asText')}</p>}
    </div>
  );
};

/** Puts the cursor where a finding leads, once the form of its stage is there. */
const useGoal = (stage: string) => {
  const form = useRef<HTMLDivElement>(null);
  const { goal } = useDesign().state;
  useEffect(() => {
    if (goal === undefined || goal.stage !== stage || form.current === null) return;
    const { option } = goal;
    const field = [...form.current.querySelectorAll<HTMLElement>('[data-option]')].find(
      ({ dataset }) => dataset.option === option,
    );
    const details = field?.closest('details');
    if (details !== null && details !== undefined) details.open = true;
    // A table takes the cursor to its own row, an editor into its text.
    if (field?.dataset.table !== undefined || field?.dataset.code !== undefined) return;
    const control = field?.querySelector<HTMLElement>('input, select, textarea') ?? form.current.querySelector('input');
    control?.focus();
    control?.scrollIntoView({ block: 'center' });
  }, [goal, stage]);
  return form;
};
