import type { Connection, ConnectionKind } from '@penstock/client/session';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldsOf } from '../../document/fields.ts';
import { isObject, isSame, type JsonObject } from '../../document/json.ts';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { SelectField, TextField } from '../../kit/field.tsx';
import { Queried } from '../../kit/notice.tsx';
import { useText } from '../../reader/use-text.ts';
import { kindsQuery, problemsAt, saveConnection } from './connection-requests.ts';
import { SchemaField } from './schema-field.tsx';
import { SecretField } from './secret-field.tsx';

interface ConnectionDialogProps {
  readonly orgId: string;
  /** The one that is changed; absent: a new one. */
  readonly seen?: Connection;
  readonly onDone: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Makes a connection or changes one: a form of what its kind wants to know. */
export const ConnectionDialog = (props: ConnectionDialogProps) => {
  const { t } = useText();
  const kinds = useQuery(kindsQuery);
  if (kinds.data !== undefined) return <Form {...props} kinds={kinds.data.items} />;
  return (
    <Dialog title={t('connections.new')} onClose={props.onClose}>
      <Queried query={kinds} failed={t('connections.failed')}>
        {() => null}
      </Queried>
    </Dialog>
  );
};

type FormProps = ConnectionDialogProps & { readonly kinds: readonly ConnectionKind[] };

const Form = ({ orgId, seen, kinds, onDone, onClose }: FormProps) => {
  const { t } = useText();
  const [name, setName] = useState(seen?.name ?? '');
  const [kindName, setKind] = useState(seen?.kind ?? kinds[0]?.kind ?? '');
  const [description, setDescription] = useState(seen?.description ?? '');
  const before = settingsOf(seen);
  const [settings, setSettings] = useState(before);
  const [secrets, setSecrets] = useState<Readonly<Record<string, string | null>>>({});
  const [refused, setRefused] = useState<unknown>();
  const kind = kinds.find((each) => each.kind === kindName);
  const isMoved = !isSame(settings, before);
  const at = (pointer: string): readonly string[] => problemsAt(refused, pointer);
  const submit = async (): Promise<void> => {
    try {
      await saveConnection(orgId, { name: name.trim(), kind: kindName, description, settings, secrets }, seen);
    } catch (error) {
      setRefused(error);
      throw error;
    }
    await onDone();
  };
  return (
    <ConfirmDialog
      title={seen === undefined ? t('connections.new') : t('connections.editOf', { name: seen.name })}
      action={t(seen === undefined ? 'connections.create' : 'connections.save')}
      isIncomplete={name.trim() === '' || kind === undefined}
      onConfirm={submit}
      onClose={onClose}
    >
      {seen === undefined && (
        <>
          <TextField
            label={t('connections.name')}
            hint={at('/name').join(' ') || t('connections.nameHint')}
            aria-invalid={at('/name').length > 0}
            maxLength={64}
            autoComplete="off"
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
          <SelectField
            label={t('connections.kind')}
            hint={kind?.summary}
            value={kindName}
            options={kinds.map(({ kind: value, title }) => ({ value, text: title }))}
            onChange={({ target }) => {
              setKind(target.value);
              setSettings({});
              setSecrets({});
            }}
          />
        </>
      )}
      <TextField
        label={t('connections.description')}
        maxLength={1000}
        value={description}
        onChange={({ target }) => setDescription(target.value)}
      />
      {fieldsOf(kind?.settings).map((field) => (
        <SchemaField
          key={field.name}
          field={field}
          value={settings[field.name]}
          problems={at(`/settings/${field.name}`)}
          onChange={(value) => setSettings(withField(settings, field.name, value))}
        />
      ))}
      {fieldsOf(kind?.secrets).map((field) => (
        <SecretField
          key={field.name}
          field={field}
          isKept={seen?.secrets.includes(field.name) === true}
          isAskedAnew={isMoved}
          value={secrets[field.name]}
          problems={at(`/secrets/${field.name}`)}
          onChange={(value) => {
            const { [field.name]: _, ...others } = secrets;
            setSecrets(value === undefined ? others : { ...others, [field.name]: value });
          }}
        />
      ))}
    </ConfirmDialog>
  );
};

const settingsOf = (seen: Connection | undefined): JsonObject => (isObject(seen?.settings) ? seen.settings : {});

/** With the value of a field; without the field where it has none. */
const withField = (settings: JsonObject, name: string, value: JsonObject[string] | undefined): JsonObject => {
  const { [name]: _, ...others } = settings;
  return value === undefined ? others : { ...others, [name]: value };
};
