import { CircleX } from 'lucide-react';
import { useId } from 'react';
import { type Field, plainly, readTyped } from '../../../document/fields.ts';
import { type JsonValue, shownJson, textsOf } from '../../../document/json.ts';
import { CheckField, SelectField, TextField } from '../../../kit/field.tsx';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import { useDesign } from '../model/design-context.ts';
import { PickField } from '../pick/pick-field.tsx';
import { isReference } from '../pick/suggest.ts';
import { CodeControl } from './code-control.tsx';
import type { FieldProps } from './field-props.ts';
import { isOf } from './marks.ts';
import { PairsField } from './pairs-field.tsx';
import { TableField } from './table-field.tsx';

const CODE_KINDS: ReadonlySet<Field['kind']> = new Set(['expression', 'code', 'json']);

/** A field of a form with what the service finds wrong about it. */
export const FieldView = (props: FieldProps) => {
  const { findings } = useDesign();
  const { place, field } = props;
  const own = findings.filter((finding) =>
    // Of a table all that is said of its rows.
    place.row === undefined
      ? finding.place.stage === place.stage && finding.place.option === place.option
      : isOf(finding.place, place),
  );
  return (
    <div
      className={styles.field}
      data-option={field.name}
      {...(field.kind === 'table' ? { 'data-table': '' } : {})}
      {...(CODE_KINDS.has(field.kind) ? { 'data-code': '' } : {})}
      title={field.description}
    >
      <Control {...props} />
      {own.slice(0, 3).map(({ code, message, place: at }) => (
        <p key={`${code} ${at.row ?? ''} ${message}`} className={styles.problem}>
          <CircleX size={13} aria-hidden="true" /> {message}
        </p>
      ))}
    </div>
  );
};

const Control = (props: FieldProps) => {
  const { field, value, onChange } = props;
  const { mayDesign } = useDesign();
  // Some titles name their unit already.
  const label = field.unit === '' || /[(（]/.test(field.title) ? field.title : `${field.title} (${field.unit})`;
  const now = plainly(field, value ?? field.fallback);
  const common = { label, disabled: !mayDesign };
  switch (field.kind) {
    case 'table':
      return <TableField {...props} />;
    case 'pairs':
      return <PairsField {...props} />;
    case 'switch':
      return <CheckField {...common} checked={now === true} onChange={({ target }) => onChange(target.checked)} />;
    case 'choice':
      return (
        <SelectField
          {...common}
          value={shownJson(now)}
          options={choicesOf(field, now)}
          onChange={({ target }) => onChange(target.value)}
        />
      );
    case 'number':
      return (
        <TextField
          {...common}
          inputMode="decimal"
          value={shownJson(now)}
          hint={limitsOf(field)}
          onChange={({ target }) => onChange(readTyped(field, target.value))}
        />
      );
    case 'texts':
      return <LinesField {...props} label={label} />;
    case 'expression':
    case 'code':
    case 'json':
      return <CodeControl {...props} label={label} />;
    default:
      return isReference(field.kind) ? (
        <PickField kind={field.kind} label={label} points={props.points} value={shownJson(now)} onChange={onChange} />
      ) : (
        <Plain {...props} label={label} />
      );
  }
};

/** A value that is none of the choices is shown, as one that is not known. */
const choicesOf = ({ options }: Field, now: JsonValue | undefined) => {
  const text = shownJson(now);
  return options.some(({ value }) => value === text) ? options : [{ value: text, text }, ...options];
};

const limitsOf = ({ minimum, maximum }: Field): string | undefined =>
  minimum === undefined || maximum === undefined ? undefined : `${minimum} – ${maximum}`;

type Labelled = FieldProps & { readonly label: string };

const Plain = ({ field, value, label, onChange }: Labelled) => {
  const { mayDesign } = useDesign();
  return (
    <TextField
      label={label}
      disabled={!mayDesign}
      type={field.isSecret ? 'password' : 'text'}
      autoComplete="off"
      value={shownJson(value ?? field.fallback)}
      onChange={({ target }) => onChange(target.value)}
    />
  );
};

/** Several texts, one in a line. */
const LinesField = ({ value, field, label, onChange }: Labelled) => {
  const { t } = useText();
  const { mayDesign } = useDesign();
  const id = useId();
  const lines = textsOf(value ?? field.fallback);
  return (
    <div className={styles.lines}>
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        rows={Math.min(6, Math.max(2, lines.length + 1))}
        disabled={!mayDesign}
        placeholder={t('design.onePerLine')}
        value={lines.join('\n')}
        onChange={({ target }) => onChange(target.value === '' ? [] : target.value.split('\n'))}
      />
    </div>
  );
};
