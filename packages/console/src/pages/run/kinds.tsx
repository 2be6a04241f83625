import type { RunView } from '@penstock/client/session';
import { Filter, TriangleAlert } from 'lucide-react';
import { CodeHelp } from '../../codes/code-help.tsx';
import { Empty } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { kindsOf } from './figures/figures.ts';

/** Why records did not go on, at which stage, and how many. */
export const Kinds = ({ run }: { readonly run: RunView | null }) => {
  const { t, number } = useText();
  const kinds = run === null ? [] : kindsOf(run);
  const columns = [
    { name: t('run.kind') },
    { name: t('run.stage') },
    { name: t('run.code') },
    { name: t('run.count'), isNumber: true },
  ];
  return (
    <section className={page.section}>
      <h2>{t('run.errorsByKind')}</h2>
      {run === null && <Empty title={t('run.noRun')} hint={t('run.noRunHint')} />}
      {run !== null && kinds.length === 0 && <Empty title={t('run.noErrors')} />}
      {kinds.length > 0 && (
        <Table label={t('run.errorsByKind')} columns={columns}>
          {kinds.map(({ stage, kind, code, count }) => (
            <tr key={`${stage} ${kind} ${code}`}>
              <td className={tableStyles.nowrap}>
                {kind === 'error' ? (
                  <TriangleAlert size={14} className={page.bad} aria-hidden="true" />
                ) : (
                  <Filter size={14} aria-hidden="true" />
                )}{' '}
                {t(`run.kind.${kind}`)}
              </td>
              <td className={tableStyles.wide}>{stage}</td>
              <td className={tableStyles.wide}>
                <code>{code}</code>
                <CodeHelp code={code} />
              </td>
              <td className={tableStyles.number}>{number(count)}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
};
