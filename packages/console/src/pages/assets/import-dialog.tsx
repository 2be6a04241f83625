import type { AssetImportOutcome } from '@penstock/client/session';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { SelectField } from '../../kit/field.tsx';
import { Problem } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { CSV_KINDS, importAssets, isJsonFile, readAssetFile } from './asset-requests.ts';

interface ImportDialogProps {
  readonly orgId: string;
  readonly onDone: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Takes a file of models, assets and trees in: shows first exactly what would happen, or everything that is wrong. */
export const ImportDialog = ({ orgId, onDone, onClose }: ImportDialogProps) => {
  const { t } = useText();
  const id = useId();
  const [file, setFile] = useState<File>();
  const [kind, setKind] = useState<(typeof CSV_KINDS)[number]>('assets');
  const taking = useMutation({
    mutationFn: async ({ dryRun, chosen = file }: { readonly dryRun: boolean; readonly chosen?: File | undefined }) => {
      if (chosen === undefined) return undefined;
      const outcome = await importAssets(orgId, readAssetFile(chosen.name, await chosen.text(), kind), dryRun);
      if (!dryRun) await onDone();
      return { outcome, dryRun };
    },
  });
  const { data, mutate, isPending } = taking;
  const isTried = data?.dryRun === true;
  const isTaken = data?.dryRun === false;
  const isCsv = file !== undefined && !isJsonFile(file.name);
  const actions = (
    <>
      <Button onClick={onClose}>{t(isTaken ? 'app.close' : 'app.cancel')}</Button>
      {!isTaken && (
        <Button kind="primary" disabled={file === undefined || isPending} onClick={() => mutate({ dryRun: !isTried })}>
          {t(isTried ? 'assets.take' : 'assets.try')}
        </Button>
      )}
    </>
  );
  return (
    <Dialog title={t('assets.import')} onClose={onClose} actions={actions}>
      <p>{t('assets.importWhat')}</p>
      <label htmlFor={id}>{t('assets.file')}</label>
      <input
        id={id}
        type="file"
        accept=".json,.csv,application/json,text/csv"
        disabled={isTaken}
        onChange={({ target }) => {
          const [chosen] = target.files ?? [];
          setFile(chosen);
          taking.reset();
          // A table may be of several things, which is asked first.
          if (chosen !== undefined && isJsonFile(chosen.name)) mutate({ dryRun: true, chosen });
        }}
      />
      {isCsv && (
        <SelectField
          label={t('assets.csvKind')}
          value={kind}
          disabled={isTaken}
          options={CSV_KINDS.map((value) => ({ value, text: t(`assets.csv.${value}`) }))}
          onChange={({ target }) => {
            setKind(CSV_KINDS.find((each) => each === target.value) ?? kind);
            taking.reset();
          }}
        />
      )}
      {isPending && <p role="status">{t('operate.working')}</p>}
      {taking.isError && <Problem title={t('assets.wrong')} error={taking.error} />}
      {data !== undefined && <Outcome outcome={data.outcome} isDone={isTaken} />}
    </Dialog>
  );
};

const PARTS = ['models', 'assets', 'trees', 'nodes'] as const;
const WORDS = ['created', 'changed', 'unchanged', 'removed'] as const;

const Outcome = ({ outcome, isDone }: { readonly outcome: AssetImportOutcome; readonly isDone: boolean }) => {
  const { t, number } = useText();
  const columns = [{ name: t('assets.of') }, ...WORDS.map((word) => ({ name: t(`assets.${word}`), isNumber: true }))];
  return (
    <div className={styles.section} role="status">
      <p>{t(isDone ? 'assets.taken' : 'assets.would')}</p>
      <Table label={t('assets.outcome')} columns={columns}>
        {PARTS.map((part) => (
          <tr key={part}>
            <th scope="row">{t(`assets.csv.${part}`)}</th>
            {WORDS.map((word) => (
              <td key={word} className={tableStyles.number}>
                {number(outcome[part][word])}
              </td>
            ))}
          </tr>
        ))}
      </Table>
    </div>
  );
};
