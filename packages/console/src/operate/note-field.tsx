import { TextField } from '../kit/field.tsx';
import { useText } from '../reader/use-text.ts';

/** What whoever does something has to say of it; it stands in the audit. */
export const NoteField = ({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (note: string) => void;
}) => {
  const { t } = useText();
  return (
    <TextField
      label={t('operate.note')}
      maxLength={500}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  );
};
