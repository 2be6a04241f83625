import { useState } from 'react';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { TextField } from '../../kit/field.tsx';
import { useText } from '../../reader/use-text.ts';
import type { Role } from '../../roles/role.ts';
import { RoleField } from '../../roles/role-field.tsx';
import { setMember } from './people-requests.ts';

interface AddMemberProps {
  readonly orgId: string;
  readonly onDone: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Gives a user of the service a role in an organisation. */
export const AddMember = ({ orgId, onDone, onClose }: AddMemberProps) => {
  const { t } = useText();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const given = email.trim();
  return (
    <ConfirmDialog
      title={t('people.add')}
      action={t('people.addThem')}
      isIncomplete={given === ''}
      onConfirm={async () => {
        await setMember(orgId, given, role);
        await onDone();
      }}
      onClose={onClose}
    >
      <TextField
        label={t('people.email')}
        hint={t('people.addHint')}
        maxLength={254}
        autoComplete="off"
        value={email}
        onChange={({ target }) => setEmail(target.value)}
      />
      <RoleField role={role} onChange={setRole} />
    </ConfirmDialog>
  );
};
