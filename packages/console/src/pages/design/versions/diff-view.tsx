import { CirclePlus, Pencil, Trash2 } from 'lucide-react';
import { diffDocuments, type FieldChange, rowCounts, type StageChange } from '../../../document/diff.ts';
import type { Field } from '../../../document/fields.ts';
import { shownJson } from '../../../document/json.ts';
import type { PipelineDocument } from '../../../document/shape.ts';
import { diffForms } from '../../../forms/form-document.ts';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import { useDesign } from '../model/design-context.ts';

const ICONS = { added: CirclePlus, removed: Trash2, changed: Pencil } as const;
const MAX_SHOWN = 60;

interface DiffViewProps {
  readonly before: PipelineDocument;
  readonly after: PipelineDocument;
  /** Says of stages that keep state what becomes of it. */
  readonly withState?: boolean;
}

/** How two documents differ: stage by stage, or field by field of a form. */
export const DiffView = (props: DiffViewProps) => {
  const { template } = useDesign();
  return template === undefined ? <StagesDiff {...props} /> : <FormDiff {...props} fields={template.fields} />;
};

/** So many changes of a form are told one by one. */
const MAX_CHANGES = 100;

const FormDiff = ({ before, after, fields }: DiffViewProps & { readonly fields: readonly Field[] }) => {
  const { t, number } = useText();
  const changes = diffForms(fields, before, after);
  if (changes.length === 0) return <p className={styles.hint}>{t('design.noChanges')}</p>;
  return (
    <ul className={styles.diff} aria-label={t('design.formChanges')}>
      {changes.slice(0, MAX_CHANGES).map(({ title, ...change }) => (
        <li key={title}>
          <strong>{title}</strong> <FieldDiff field={{ name: '', ...change }} />
        </li>
      ))}
      {changes.length > MAX_CHANGES && <li>{t('design.moreChanges', { n: number(changes.length - MAX_CHANGES) })}</li>}
    </ul>
  );
};

/** How two documents of stages differ, stage by stage. */
export const StagesDiff = ({ before, after, withState }: DiffViewProps) => {
  const { t } = useText();
  const changes = diffDocuments(before, after);
  if (changes.length === 0) return <p className={styles.hint}>{t('design.noChanges')}</p>;
  return (
    <ul className={styles.diff} aria-label={t('design.changes')}>
      {changes.map((change) => (
        <StageDiff key={change.id} change={change} withState={withState === true} />
      ))}
    </ul>
  );
};

const StageDiff = ({ change, withState }: { readonly change: StageChange; readonly withState: boolean }) => {
  const { t } = useText();
  const { operators } = useDesign();
  const Icon = ICONS[change.change];
  const isStateful = operators.find(({ stageName }) => stageName === change.stageName)?.stateful === true;
  return (
    <li>
      <span className={styles.diffStage}>
        <Icon size={14} aria-hidden="true" /> <strong>{change.label}</strong> {t(`design.change.${change.change}`)}
        {change.isReconnected ? `, ${t('design.reconnected')}` : ''}
      </span>
      {withState && isStateful && <span className={styles.hint}>{t(`design.state.${change.change}`)}</span>}
      {change.fields.map((field) => (
        <FieldDiff key={field.name} field={field} />
      ))}
    </li>
  );
};

const FieldDiff = ({ field }: { readonly field: FieldChange }) => {
  const { t } = useText();
  const rows = rowCounts(field);
  const cut = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
  const shown =
    rows === undefined
      ? `${cut(shownJson(field.before)) || '–'} → ${cut(shownJson(field.after)) || '–'}`
      : `${t('design.rows', { n: rows.before })} → ${t('design.rows', { n: rows.after })}`;
  return (
    <span className={styles.diffField}>
      {field.name !== '' && <code>{field.name}</code>} {shown}
    </span>
  );
};
