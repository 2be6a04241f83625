import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { useText } from '../reader/use-text.ts';
import { Button } from './button.tsx';
import styles from './dialog.module.css';
import { Dialog } from './dialog.tsx';
import { Problem } from './notice.tsx';

interface ConfirmDialogProps {
  readonly title: string;
  /** Name of the button that does it. */
  readonly action: string;
  readonly isDangerous?: boolean;
  /** After it was done something else is shown, and whoever asked closes it. */
  readonly staysOpen?: boolean;
  /** Something is not said yet that it takes. */
  readonly isIncomplete?: boolean;
  /** What it does to what, or fields for what it takes. */
  readonly children: ReactNode;
  /** What was refused is told, and can be tried again; after it was done the dialog closes. */
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Says what would be done, does it, and tells where that was refused. Enter in a field does it too. */
export const ConfirmDialog = (props: ConfirmDialogProps) => {
  const { t } = useText();
  const { title, action, isDangerous, isIncomplete, staysOpen, children, onConfirm, onClose } = props;
  const form = useRef<HTMLFormElement>(null);
  const refusal = useRef<HTMLDivElement>(null);
  const doing = useMutation({ mutationFn: onConfirm, onSuccess: () => staysOpen !== true && onClose() });
  // Below a long form it would be out of sight.
  useEffect(() => {
    if (doing.error !== null) refusal.current?.scrollIntoView({ block: 'end' });
  }, [doing.error]);
  const actions = (
    <>
      <Button onClick={onClose}>{t('app.cancel')}</Button>
      <Button
        kind={isDangerous === true ? 'danger' : 'primary'}
        disabled={isIncomplete === true || doing.isPending}
        onClick={() => form.current?.requestSubmit()}
      >
        {doing.isPending ? t('operate.working') : action}
      </Button>
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      <form
        ref={form}
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (isIncomplete !== true && !doing.isPending) doing.mutate();
        }}
      >
        {children}
        {/* Only with a button of its own does a form of several fields take Enter. */}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
      {doing.isError && (
        <div ref={refusal}>
          <Problem title={t('operate.failed')} error={doing.error} />
        </div>
      )}
    </Dialog>
  );
};
