import type { NewAccessKey } from '@penstock/client/session';
import { useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { TextField } from '../../kit/field.tsx';
import styles from '../../kit/page.module.css';
import { useText } from '../../reader/use-text.ts';
import type { Role } from '../../roles/role.ts';
import { RoleField } from '../../roles/role-field.tsx';
import { createKey } from './access-requests.ts';

const DAY_MS = 86_400_000;

interface NewKeyDialogProps {
  readonly orgId: string;
  readonly onDone: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Makes a key for a program, and shows its secret this once. */
export const NewKeyDialog = ({ orgId, onDone, onClose }: NewKeyDialogProps) => {
  const { t } = useText();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [days, setDays] = useState('');
  const [made, setMade] = useState<NewAccessKey>();
  if (made !== undefined)
    return (
      <Dialog title={made.accessKey} onClose={onClose} actions={<Button onClick={onClose}>{t('app.close')}</Button>}>
        <p>{t('access.secretIs')}</p>
        <p className={styles.secret}>{made.secretKey}</p>
      </Dialog>
    );
  return (
    <ConfirmDialog
      title={t('access.newKey')}
      action={t('access.create')}
      staysOpen
      onConfirm={async () => {
        const expiry = days === '' ? {} : { expiresAt: Date.now() + Number(days) * DAY_MS };
        setMade(await createKey(orgId, { name: name.trim(), role, ...expiry }));
        await onDone();
      }}
      onClose={onClose}
    >
      <TextField
        label={t('people.name')}
        hint={t('access.keyHint')}
        maxLength={200}
        autoComplete="off"
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <RoleField role={role} onChange={setRole} />
      <TextField
        label={t('access.days')}
        hint={t('access.daysHint')}
        type="number"
        min={1}
        max={3650}
        step={1}
        value={days}
        onChange={({ target }) => setDays(target.value)}
      />
    </ConfirmDialog>
  );
};
