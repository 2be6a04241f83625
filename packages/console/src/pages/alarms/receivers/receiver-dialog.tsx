import type { AlarmReceiver, AlarmReceiverWithSecret } from '@penstock/client/session';
import { useState } from 'react';
import { Button } from '../../../kit/button.tsx';
import { ConfirmDialog } from '../../../kit/confirm-dialog.tsx';
import { Dialog } from '../../../kit/dialog.tsx';
import { CheckField, SelectField, TextField } from '../../../kit/field.tsx';
import { Mark } from '../../../kit/mark.tsx';
import styles from '../../../kit/page.module.css';
import { useText } from '../../../reader/use-text.ts';
import { changeReceiver, createReceiver } from './receiver-requests.ts';

const KINDS = ['webhook', 'email'] as const;
const LANGUAGES = ['en', 'zh'] as const;

interface ReceiverDialogProps {
  readonly orgId: string;
  /** The one that is changed; absent: a new one. */
  readonly seen?: AlarmReceiver;
  readonly onDone: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Makes a receiver or changes one. The secret that a webhook is signed with is shown once, when there is a new one. */
export const ReceiverDialog = ({ orgId, seen, onDone, onClose }: ReceiverDialogProps) => {
  const { t, language: reading } = useText();
  const [name, setName] = useState(seen?.name ?? '');
  const [kind, setKind] = useState<AlarmReceiver['kind']>(seen?.kind ?? 'webhook');
  // Of a webhook only its beginning is told: the rest may be secret. What is left empty stays.
  const [address, setAddress] = useState(seen?.kind === 'email' ? seen.address : '');
  const [language, setLanguage] = useState(seen?.language ?? (reading === 'zh-CN' ? 'zh' : 'en'));
  const [newSecret, setNewSecret] = useState(false);
  const [made, setMade] = useState<AlarmReceiverWithSecret>();
  if (made !== undefined) return <Made made={made} onClose={onClose} />;
  const submit = async (): Promise<void> => {
    const given = address.trim();
    const told =
      seen === undefined
        ? await createReceiver(orgId, { name: name.trim(), kind, address: given, language })
        : await changeReceiver(orgId, seen.receiverId, {
            name: name.trim(),
            language,
            ...(given === '' || given === seen.address ? {} : { address: given }),
            ...(newSecret ? { newSecret } : {}),
          });
    await onDone();
    if (told.secret === null && told.canSend) onClose();
    else setMade(told);
  };
  return (
    <ConfirmDialog
      title={seen === undefined ? t('receivers.new') : t('receivers.editOf', { name: seen.name })}
      action={t(seen === undefined ? 'receivers.create' : 'receivers.save')}
      isIncomplete={name.trim() === '' || (seen === undefined && address.trim() === '')}
      staysOpen
      onConfirm={submit}
      onClose={onClose}
    >
      <TextField
        label={t('receivers.name')}
        maxLength={200}
        autoComplete="off"
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      {seen === undefined && (
        <SelectField
          label={t('receivers.kind')}
          value={kind}
          options={KINDS.map((value) => ({ value, text: t(`receivers.kind.${value}`) }))}
          onChange={({ target }) => setKind(KINDS.find((each) => each === target.value) ?? kind)}
        />
      )}
      <TextField
        label={t(`receivers.addressOf.${kind}`)}
        {...(seen?.kind === 'webhook' ? { hint: t('receivers.addressKept', { address: seen.address }) } : {})}
        maxLength={2000}
        autoComplete="off"
        value={address}
        onChange={({ target }) => setAddress(target.value)}
      />
      <SelectField
        label={t('receivers.language')}
        value={language}
        options={LANGUAGES.map((value) => ({ value, text: t(`receivers.language.${value}`) }))}
        onChange={({ target }) => setLanguage(LANGUAGES.find((each) => each === target.value) ?? language)}
      />
      {seen?.kind === 'webhook' && (
        <CheckField
          label={t('receivers.newSecret')}
          checked={newSecret}
          onChange={({ target }) => setNewSecret(target.checked)}
        />
      )}
    </ConfirmDialog>
  );
};

const Made = ({ made, onClose }: { readonly made: AlarmReceiverWithSecret; readonly onClose: () => void }) => {
  const { t } = useText();
  return (
    <Dialog title={made.name} onClose={onClose} actions={<Button onClick={onClose}>{t('app.close')}</Button>}>
      {made.secret !== null && (
        <>
          <p>{t('receivers.secret')}</p>
          <p className={styles.secret}>{made.secret}</p>
        </>
      )}
      {!made.canSend && <Mark tone="warn">{t('receivers.cannotSend')}</Mark>}
    </Dialog>
  );
};
