import { useId, useState } from 'react';
import { type ReadFile, readDocumentFile } from '../../../document/document-file.ts';
import { Button } from '../../../kit/button.tsx';
import { Dialog } from '../../../kit/dialog.tsx';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import { useDesign } from '../model/design-context.ts';
import type { DesignDialogProps } from './design-dialog.ts';
import { DiffView } from './diff-view.tsx';

const readFile = async (file: File, isForm: boolean): Promise<ReadFile> => {
  try {
    return readDocumentFile(await file.text(), isForm);
  } catch (error) {
    // It is gone since it was chosen, or must not be read.
    return { problem: 'not-readable', why: error instanceof Error ? error.message : String(error) };
  }
};

/** Takes a document from a file: shows first what it would change. Nothing is saved by it, and it can be undone. */
export const ImportDialog = ({ onClose }: DesignDialogProps) => {
  const { t } = useText();
  const id = useId();
  const { document, template, edit, say } = useDesign();
  const [read, setRead] = useState<ReadFile>();
  const found = read !== undefined && 'document' in read ? read.document : undefined;
  const take = (): void => {
    if (found === undefined) return;
    edit('replace', found);
    say(t('design.imported'));
    onClose();
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('app.cancel')}</Button>
      <Button kind="primary" disabled={found === undefined} onClick={take}>
        {t('design.replace')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('design.action.import')} onClose={onClose} actions={actions}>
      <p>{t('design.importWhat')}</p>
      <label htmlFor={id}>{t('design.file')}</label>
      <input
        id={id}
        type="file"
        accept=".json,application/json"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file !== undefined) void readFile(file, template !== undefined).then(setRead);
        }}
      />
      {read !== undefined && 'problem' in read && (
        <p role="alert" className={styles.problem}>
          {t(`design.file.${read.problem}`, { why: read.why })}
        </p>
      )}
      {found !== undefined && <DiffView before={document} after={found} />}
    </Dialog>
  );
};
