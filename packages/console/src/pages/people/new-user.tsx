import { useState } from 'react';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { CheckField, TextField } from '../../kit/field.tsx';
import { useText } from '../../reader/use-text.ts';
import { createUser } from './people-requests.ts';

interface NewUserProps {
  readonly onDone: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Makes somebody a user of the service, who comes in by a link at first. */
export const NewUser = ({ onDone, onClose }: NewUserProps) => {
  const { t } = useText();
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [isAdministrator, setAdministrator] = useState(false);
  return (
    <ConfirmDialog
      title={t('users.new')}
      action={t('users.create')}
      isIncomplete={email.trim() === ''}
      onConfirm={async () => {
        await createUser({ email: email.trim(), name: name.trim(), isAdministrator });
        await onDone();
      }}
      onClose={onClose}
    >
      <TextField
        label={t('people.email')}
        hint={t('users.newHint')}
        maxLength={254}
        autoComplete="off"
        value={email}
        onChange={({ target }) => setEmail(target.value)}
      />
      <TextField
        label={t('people.name')}
        maxLength={200}
        autoComplete="off"
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <CheckField
        label={t('users.makeAdministrator')}
        checked={isAdministrator}
        onChange={({ target }) => setAdministrator(target.checked)}
      />
    </ConfirmDialog>
  );
};
