import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Problem } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { useText } from '../../reader/use-text.ts';
import { makeLink } from './people-requests.ts';

/** Makes a link that signs somebody in once, and shows it this once. */
export const LinkDialog = ({ email, onClose }: { readonly email: string; readonly onClose: () => void }) => {
  const { t, time } = useText();
  const [isCopied, setCopied] = useState(false);
  const making = useMutation({ mutationFn: () => makeLink(email) });
  const made = making.data;
  const copy = async (): Promise<void> => {
    // Only where the browser allows it: over HTTPS, or on this machine. Elsewhere the text is chosen by a click.
    if (made !== undefined) await navigator.clipboard.writeText(made.address);
    setCopied(true);
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('app.close')}</Button>
      {made === undefined ? (
        <Button kind="primary" disabled={making.isPending} onClick={() => making.mutate()}>
          {t('users.makeLink')}
        </Button>
      ) : (
        window.isSecureContext && (
          <Button kind="primary" onClick={() => void copy()}>
            {t('users.copy')}
          </Button>
        )
      )}
    </>
  );
  return (
    <Dialog title={t('users.linkOf', { email })} onClose={onClose} actions={actions}>
      <p>{t('users.linkWhat', { email })}</p>
      {making.isError && <Problem title={t('operate.failed')} error={making.error} />}
      {made !== undefined && (
        <>
          <p>{t('users.linkIs', { time: time(made.expiresAt) })}</p>
          <p className={styles.secret}>{made.address}</p>
        </>
      )}
      <p role="status">{isCopied && t('users.copied')}</p>
    </Dialog>
  );
};
