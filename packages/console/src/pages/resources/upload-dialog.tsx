import { PenstockError } from '@penstock/client/session';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Mark } from '../../kit/mark.tsx';
import { Problem } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { NotAPackage, packageOf, quoteAt } from './package-file.ts';
import { uploadLibrary } from './resource-requests.ts';

interface UploadDialogProps {
  readonly orgId: string;
  readonly onDone: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Installs a library of the organisation's own by its package: it is checked as a whole, its cases are run first. */
export const UploadDialog = ({ orgId, onDone, onClose }: UploadDialogProps) => {
  const { t } = useText();
  const id = useId();
  const [file, setFile] = useState<File>();
  const uploading = useMutation({
    mutationFn: async (chosen: File) => {
      const held = packageOf(await chosen.text());
      try {
        const { library } = await uploadLibrary(orgId, held);
        await onDone();
        return library;
      } catch (error) {
        throw new Refused(held, error);
      }
    },
  });
  const { data, error, isPending, mutate } = uploading;
  const actions = (
    <>
      <Button onClick={onClose}>{t(data === undefined ? 'app.cancel' : 'app.close')}</Button>
      {data === undefined && (
        <Button
          kind="primary"
          disabled={file === undefined || isPending}
          onClick={() => file !== undefined && mutate(file)}
        >
          {isPending ? t('libraries.checking') : t('libraries.upload')}
        </Button>
      )}
    </>
  );
  return (
    <Dialog title={t('libraries.uploadTitle')} onClose={onClose} actions={actions}>
      <p>{t('libraries.uploadWhat')}</p>
      <label htmlFor={id}>{t('libraries.file')}</label>
      <input
        id={id}
        type="file"
        accept=".json,application/json"
        disabled={data !== undefined || isPending}
        onChange={({ target }) => {
          setFile(target.files?.[0]);
          uploading.reset();
        }}
      />
      {isPending && <p role="status">{t('libraries.checkingWhat')}</p>}
      {data !== undefined && (
        <Mark tone="good" isNews>
          {t('libraries.uploaded', { name: data })}
        </Mark>
      )}
      {error instanceof NotAPackage && <Problem title={t('libraries.noPackage')} error={error} />}
      {error instanceof Refused && <Findings refused={error} />}
    </Dialog>
  );
};

/** What the service said to a package. */
class Refused extends Error {
  readonly held: Readonly<Record<string, unknown>>;

  constructor(held: Readonly<Record<string, unknown>>, cause: unknown) {
    super('refused', { cause });
    this.held = held;
  }
}

/** Everything that is wrong with a package: where, what stands there, and why that cannot be. */
const Findings = ({ refused: { held, cause } }: { readonly refused: Refused }) => {
  const { t, number } = useText();
  const issues = cause instanceof PenstockError ? cause.issues : [];
  if (issues.length === 0) return <Problem title={t('libraries.refused')} error={cause} />;
  const columns = [{ name: t('libraries.place') }, { name: t('libraries.there') }, { name: t('libraries.finding') }];
  return (
    <div className={page.section} role="alert">
      <Mark tone="bad">{t('libraries.findings', { n: number(issues.length) })}</Mark>
      <Table label={t('libraries.refused')} columns={columns}>
        {issues.map(({ path, code, message, explanation }) => (
          <tr key={`${path} ${code} ${message}`}>
            <th scope="row" className={tableStyles.code}>
              {path === '' ? '/' : path}
            </th>
            <td className={tableStyles.code}>{quoteAt(held, path)}</td>
            <td className={tableStyles.wide}>
              {message} <code>{code}</code>
              {explanation !== undefined && (
                <div className={page.hint}>
                  {[explanation.meaning, explanation.remedy].filter((part) => part !== undefined).join(' ')}
                </div>
              )}
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
};
