import { Plus, Trash2 } from 'lucide-react';
import { isObject, type JsonValue, listOf, shownJson, textOf } from '../../../document/json.ts';
import { Button, IconButton } from '../../../kit/button.tsx';
import { TextField } from '../../../kit/field.tsx';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import { useDesign } from '../model/design-context.ts';
import type { FieldProps } from './field-props.ts';

/** Names with values: `{ key, value }`, or a member of its own as older documents have it. */
const readPair = (row: JsonValue): { readonly name: string; readonly value: string } => {
  if (!isObject(row)) return { name: '', value: shownJson(row) };
  if ('key' in row) return { name: textOf(row.key), value: shownJson(row.value) };
  const [name = ''] = Object.keys(row);
  return { name, value: shownJson(row[name]) };
};

export const PairsField = ({ field, value, onChange }: FieldProps) => {
  const { t } = useText();
  const { mayDesign } = useDesign();
  const rows = listOf(value ?? field.fallback);
  const put = (index: number, key: string, text: string) =>
    onChange(rows.map((row, at) => (at === index ? { key, value: text } : row)));
  return (
    <div className={styles.lines} role="group" aria-label={field.title}>
      <span>{field.title}</span>
      {rows.map((row, index) => {
        const pair = readPair(row);
        const n = index + 1;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; names may be empty or alike
          <div key={index} className={styles.pair}>
            <TextField
              hideLabel
              label={`${t('design.pairName')} ${n}`}
              value={pair.name}
              disabled={!mayDesign}
              onChange={({ target }) => put(index, target.value, pair.value)}
            />
            <TextField
              hideLabel
              label={`${t('record.value')} ${n}`}
              value={pair.value}
              disabled={!mayDesign}
              onChange={({ target }) => put(index, pair.name, target.value)}
            />
            <IconButton
              label={t('design.removeRow', { n })}
              disabled={!mayDesign}
              onClick={() => onChange(rows.filter((_, at) => at !== index))}
            >
              <Trash2 size={14} aria-hidden="true" />
            </IconButton>
          </div>
        );
      })}
      <span>
        <Button disabled={!mayDesign} onClick={() => onChange([...rows, { key: '', value: '' }])}>
          <Plus size={14} aria-hidden="true" /> {t('design.addRow')}
        </Button>
      </span>
    </div>
  );
};
