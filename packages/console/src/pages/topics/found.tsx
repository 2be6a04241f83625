import type { TopicPartition, TopicSampleField } from '@penstock/client/session';
import { useMemo } from 'react';
import { Mark } from '../../kit/mark.tsx';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { mergedFields } from './sample-fields.ts';

interface Page {
  readonly fields: readonly TopicSampleField[];
  readonly partitions: readonly TopicPartition[];
  readonly isCutShort: boolean;
}

/** What was found as a whole: how far it was looked, what lies in the partitions, and what the values are made of. */
export const Found = ({ pages }: { readonly pages: readonly Page[] }) => {
  const { t, number } = useText();
  const last = pages.at(-1);
  const fields = useMemo(() => mergedFields(pages.map((each) => each.fields)), [pages]);
  if (last === undefined) return null;
  const heldBack = last.partitions.reduce((sum, partition) => sum + partition.heldBack, 0);
  return (
    <section className={page.section} aria-label={t('look.found')}>
      {pages.some(({ isCutShort }) => isCutShort) && <Mark tone="warn">{t('look.cutShort')}</Mark>}
      {heldBack > 0 && <Mark tone="warn">{t('look.heldBack', { n: number(heldBack) })}</Mark>}
      <details>
        <summary>{t('look.partitions', { n: number(last.partitions.length) })}</summary>
        <Partitions partitions={last.partitions} />
      </details>
      {fields.length > 0 && (
        <details>
          <summary>{t('look.fields', { n: number(fields.length) })}</summary>
          <Fields fields={fields} />
        </details>
      )}
    </section>
  );
};

const Partitions = ({ partitions }: { readonly partitions: readonly TopicPartition[] }) => {
  const { t, number } = useText();
  const columns = [
    { name: t('look.partition'), isNumber: true },
    { name: t('look.firstOffset'), isNumber: true },
    { name: t('look.endOffset'), isNumber: true },
    { name: t('look.open'), isNumber: true },
  ];
  return (
    <Table label={t('run.partitions')} columns={columns}>
      {partitions.map(({ partition, firstOffset, endOffset, heldBack }) => (
        <tr key={partition}>
          <th scope="row" className={tableStyles.number}>
            {partition}
          </th>
          <td className={tableStyles.number}>{number(firstOffset)}</td>
          <td className={tableStyles.number}>{number(endOffset)}</td>
          <td className={tableStyles.number}>{number(heldBack)}</td>
        </tr>
      ))}
    </Table>
  );
};

const TYPES = {
  object: 'object',
  array: 'list',
  string: 'text',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
} as const;

const Fields = ({ fields }: { readonly fields: readonly TopicSampleField[] }) => {
  const { t, number } = useText();
  const columns = [
    { name: t('record.field') },
    { name: t('record.type') },
    { name: t('letters.group.count'), isNumber: true },
    { name: t('look.example') },
  ];
  return (
    <Table label={t('record.fields')} columns={columns}>
      {fields.map(({ path, types, count, example }) => (
        <tr key={path}>
          <th scope="row" className={tableStyles.code}>
            {path === '' ? '/' : path}
          </th>
          <td>{types.map((type) => t(`record.type.${TYPES[type]}`)).join(', ')}</td>
          <td className={tableStyles.number}>{number(count)}</td>
          <td className={`${tableStyles.code} ${tableStyles.wide}`}>{example}</td>
        </tr>
      ))}
    </Table>
  );
};
