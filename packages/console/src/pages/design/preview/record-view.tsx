import {
  ArrowRight,
  CirclePlus,
  Equal,
  Filter,
  Hourglass,
  type LucideIcon,
  Pencil,
  Target,
  TriangleAlert,
} from 'lucide-react';
import { useMemo } from 'react';
import { useText } from '../../../reader/use-text.ts';
import type { Fate, RecordRow } from '../../../records/pair-records.ts';
import { diffRecords, type FieldChange, type FieldDiff } from '../../../records/record-diff.ts';
import styles from './preview.module.css';

export type ShownFate = Fate | 'target' | 'read';

const LOOKS: Readonly<Record<ShownFate, { readonly icon: LucideIcon; readonly tone?: 'good' | 'warn' | 'bad' }>> = {
  same: { icon: Equal },
  changed: { icon: Pencil, tone: 'warn' },
  dropped: { icon: Filter },
  error: { icon: TriangleAlert, tone: 'bad' },
  kept: { icon: Hourglass },
  made: { icon: CirclePlus, tone: 'good' },
  read: { icon: ArrowRight },
  target: { icon: Target },
};

interface RecordViewProps {
  readonly row: RecordRow;
  readonly fate: ShownFate;
  /** All fields, and not only those that differ. */
  readonly isWhole: boolean;
}

/** A record with what became of it. */
export const RecordView = ({ row, fate, isWhole }: RecordViewProps) => {
  const { t } = useText();
  const { before, after, code, message } = row;
  const { icon: Icon, tone } = LOOKS[fate];
  const only = fate === 'same' || before === undefined || after === undefined ? (before ?? after) : undefined;
  return (
    <li className={styles.record}>
      <p className={styles.fate}>
        <Icon size={14} aria-hidden="true" className={tone === undefined ? undefined : styles[tone]} />
        <strong className={tone === undefined ? undefined : styles[tone]}>{t(`preview.fate.${fate}`)}</strong>
        {code !== undefined && <code>{code}</code>}
        {message !== undefined && <span>{message}</span>}
      </p>
      {only !== undefined && !isWhole ? (
        <code className={styles.text}>{only}</code>
      ) : (
        <Fields before={before} after={after} isWhole={isWhole} />
      )}
    </li>
  );
};

interface FieldsProps {
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly isWhole: boolean;
}

/** Fields of both, beside each other. What is no JSON is shown as it is. */
const Fields = ({ before, after, isWhole }: FieldsProps) => {
  const { t } = useText();
  const fields = useMemo((): readonly FieldDiff[] | undefined => {
    try {
      return diffRecords(before, after);
    } catch {
      return undefined; // no JSON, or only the beginning of it
    }
  }, [before, after]);
  if (fields === undefined) return <code className={styles.text}>{[before, after].filter(Boolean).join(' → ')}</code>;
  const shown = fields.filter(({ change }) => isWhole || change !== 'same');
  const isBoth = before !== undefined && after !== undefined;
  return (
    <table className={styles.fields}>
      <thead>
        <tr>
          {isBoth && <th scope="col">{t('preview.change')}</th>}
          <th scope="col">{t('record.field')}</th>
          {before !== undefined && <th scope="col">{t(isBoth ? 'preview.before' : 'record.value')}</th>}
          {after !== undefined && <th scope="col">{t(isBoth ? 'preview.after' : 'record.value')}</th>}
        </tr>
      </thead>
      <tbody>
        {shown.map(({ path, change, before: was, after: is }) => (
          <tr key={path} className={isBoth ? styles[change] : undefined}>
            {isBoth && (
              <td>
                <Sign change={change} />
              </td>
            )}
            <th scope="row">{path === '' ? '/' : path}</th>
            {before !== undefined && <td>{was ?? '–'}</td>}
            {after !== undefined && <td>{is ?? '–'}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const SIGNS: Readonly<Record<FieldChange, string>> = { same: '=', changed: '≠', added: '+', removed: '−' };

const Sign = ({ change }: { readonly change: FieldChange }) => {
  const { t } = useText();
  return (
    <span role="img" aria-label={t(`preview.sign.${change}`)} title={t(`preview.sign.${change}`)}>
      {SIGNS[change]}
    </span>
  );
};
