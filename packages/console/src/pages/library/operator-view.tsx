import type { Operator } from '@penstock/client/session';
import { kindOfOperator } from '../../catalogue/find-operators.ts';
import { type Field, fieldsOf } from '../../document/fields.ts';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { Terms } from '../../kit/terms.tsx';
import { useText } from '../../reader/use-text.ts';
import { DefaultText } from './default-text.tsx';
import styles from './library-page.module.css';
import { Prose } from './prose.tsx';

/** The reference of an operator: what it does, what can be set, and what a stage of it looks like in a document. */
export const OperatorView = ({ operator }: { readonly operator: Operator }) => {
  const { t } = useText();
  const { label, stageName, library, version, libraries, summary, description, stateful, cluster, config } = operator;
  const fields = fieldsOf(config);
  const facts = [
    [t('library.kind'), t(`library.kind.${kindOfOperator(operator)}`)],
    [t('library.stageName'), stageName],
    [t('library.library'), `${library} ${version}`],
    [t('library.libraries'), libraries.join(', ')],
    [t('library.state'), t(stateful ? 'library.keepsState' : 'library.noState')],
    [t('library.modes'), t(cluster ? 'library.bothModes' : 'library.standaloneOnly')],
  ] as const;
  return (
    <article className={styles.operator}>
      <h2 className={styles.name}>{label}</h2>
      <p>{summary}</p>
      <Terms items={facts} />
      <Prose text={description} />
      {fields.length > 0 && (
        <>
          <h3>{t('library.options')}</h3>
          <Options label={t('library.options')} fields={fields} />
        </>
      )}
    </article>
  );
};

const Options = ({ label, fields }: { readonly label: string; readonly fields: readonly Field[] }) => {
  const { t } = useText();
  const columns = [{ name: t('library.option') }, { name: t('library.default') }, { name: t('library.meaning') }];
  // Columns of a table stand below it.
  const rows = fields.flatMap((field) => [
    { field, path: field.name },
    ...field.columns.map((column) => ({ field: column, path: `${field.name}[].${column.name}` })),
  ]);
  return (
    <Table label={label} columns={columns}>
      {rows.map(({ field, path }) => (
        <tr key={path}>
          <th scope="row">
            {field.title}
            <div className={tableStyles.code}>{path}</div>
            {field.isAdvanced && <div className={page.hint}>{t('library.advanced')}</div>}
          </th>
          <td className={tableStyles.code}>
            <DefaultText field={field} />
          </td>
          <td className={tableStyles.wide}>
            <Prose text={field.description} />
            {field.options.length > 0 && (
              <p className={page.hint}>
                {field.options.map(({ value, text }) => (text === value ? value : `${value}: ${text}`)).join(' · ')}
              </p>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
};
