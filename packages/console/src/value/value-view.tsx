import { useMemo } from 'react';
import page from '../kit/page.module.css';
import { Table, tableStyles } from '../kit/table.tsx';
import { useText } from '../reader/use-text.ts';
import { type Field, fieldsOf } from '../records/fields.ts';
import { hexLines, SHOWN_BYTES } from './bytes.ts';
import styles from './value.module.css';

export const FORMS = ['bytes', 'text', 'fields'] as const;
export type Form = (typeof FORMS)[number];

interface ValueViewProps {
  readonly form: Form;
  /** Undefined: the record has no value. */
  readonly bytes: Uint8Array | undefined;
  /** Undefined: it is no text. */
  readonly text: string | undefined;
}

/** A value as bytes, as text or as fields. */
export const ValueView = ({ form, bytes, text }: ValueViewProps) => {
  const { t } = useText();
  if (bytes === undefined) return <p className={page.hint}>{t('record.noValue')}</p>;
  if (form === 'bytes') return <Bytes bytes={bytes} />;
  if (text === undefined) return <p className={page.hint}>{t('record.notText')}</p>;
  if (form === 'text')
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls by keys
      <pre className={`${styles.raw} ${styles.text}`} tabIndex={0}>
        {text}
      </pre>
    );
  return <Fields text={text} />;
};

const Bytes = ({ bytes }: { readonly bytes: Uint8Array }) => {
  const { t, number } = useText();
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls by keys */}
      <pre className={styles.raw} tabIndex={0}>
        {hexLines(bytes).join('\n')}
      </pre>
      <p className={page.hint}>
        {bytes.length > SHOWN_BYTES
          ? t('record.cut', { shown: number(SHOWN_BYTES), total: number(bytes.length) })
          : t('unit.bytes', { n: number(bytes.length) })}
      </p>
    </>
  );
};

const Fields = ({ text }: { readonly text: string }) => {
  const { t } = useText();
  const read = useMemo((): readonly Field[] | string => {
    try {
      return fieldsOf(text);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }, [text]);
  if (typeof read === 'string') return <p className={page.hint}>{t('record.notFields', { reason: read })}</p>;
  const columns = [{ name: t('record.field') }, { name: t('record.type') }, { name: t('record.value') }];
  return (
    <Table label={t('record.fields')} columns={columns}>
      {read.map(({ path, type, text: value }) => (
        <tr key={path}>
          <th scope="row" className={tableStyles.code}>
            {path === '' ? '/' : path}
          </th>
          <td>{t(`record.type.${type}`)}</td>
          <td className={tableStyles.wide}>{value}</td>
        </tr>
      ))}
    </Table>
  );
};
