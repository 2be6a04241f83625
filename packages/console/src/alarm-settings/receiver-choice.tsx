import type { AlarmReceiver } from '@penstock/client/session';
import { CheckField } from '../kit/field.tsx';
import styles from '../kit/page.module.css';
import { useText } from '../reader/use-text.ts';

interface ReceiverChoiceProps {
  readonly receivers: readonly AlarmReceiver[];
  /** Ids. */
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Who is told. One that is chosen and not there any more is shown by its id, to be taken out. */
export const ReceiverChoice = ({ receivers, chosen, onChange }: ReceiverChoiceProps) => {
  const { t } = useText();
  const known = new Set(receivers.map(({ receiverId }) => receiverId));
  const choice = (id: string, label: string) => (
    <CheckField
      key={id}
      label={label}
      checked={chosen.includes(id)}
      onChange={({ target }) => onChange(target.checked ? [...chosen, id] : chosen.filter((each) => each !== id))}
    />
  );
  return (
    <fieldset className={styles.group}>
      <legend>{t('alarms.toldTo')}</legend>
      {receivers.length === 0 && chosen.length === 0 && <p className={styles.hint}>{t('alarms.noReceiver')}</p>}
      {receivers.map(({ receiverId, name, address }) => choice(receiverId, `${name} · ${address}`))}
      {chosen.filter((id) => !known.has(id)).map((id) => choice(id, t('alarms.receiverGone', { id })))}
    </fieldset>
  );
};
