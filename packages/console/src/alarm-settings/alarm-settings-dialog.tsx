import type { AlarmSettings } from '@penstock/client/session';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { alarmSettingsQuery, receiversQuery, type SeenSettings, saveAlarmSettings } from '../api/alarms.ts';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Mark } from '../kit/mark.tsx';
import { Queried } from '../kit/notice.tsx';
import { useText } from '../reader/use-text.ts';
import { ReceiverChoice } from './receiver-choice.tsx';
import { RuleFields } from './rule-fields.tsx';

interface AlarmSettingsDialogProps {
  readonly orgId: string;
  readonly pipelineId: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** What of a pipeline is watched, and who is told. */
export const AlarmSettingsDialog = (props: AlarmSettingsDialogProps) => {
  const { t } = useText();
  const settings = useQuery(alarmSettingsQuery(props.pipelineId));
  if (settings.data !== undefined) return <Form {...props} seen={settings.data} />;
  return (
    <Dialog title={t('alarms.settingsOf', { name: props.name })} onClose={props.onClose}>
      <Queried query={settings} failed={t('alarms.settingsFailed')}>
        {() => null}
      </Queried>
    </Dialog>
  );
};

const Form = ({
  orgId,
  pipelineId,
  name,
  seen,
  onClose,
}: AlarmSettingsDialogProps & { readonly seen: SeenSettings }) => {
  const { t } = useText();
  const client = useQueryClient();
  const receivers = useQuery(receiversQuery(orgId));
  const [settings, setSettings] = useState<AlarmSettings>(seen.settings);
  const submit = async (): Promise<void> => {
    await saveAlarmSettings(pipelineId, settings, seen.tag);
    await client.invalidateQueries({ queryKey: ['alarms', orgId] });
  };
  return (
    <ConfirmDialog
      title={t('alarms.settingsOf', { name })}
      action={t('alarms.save')}
      // Without a state to watch the rule would say nothing.
      isIncomplete={settings.status?.states.length === 0}
      onConfirm={submit}
      onClose={onClose}
    >
      {seen.issues.map(({ code, path, message }) => (
        <div key={`${code} ${path}`}>
          <Mark tone="warn">{message}</Mark>
        </div>
      ))}
      <RuleFields settings={settings} onChange={setSettings} />
      <Queried query={receivers} failed={t('alarms.receiversFailed')}>
        {({ items }) => (
          <ReceiverChoice
            receivers={items}
            chosen={settings.receivers}
            onChange={(chosen) => setSettings({ ...settings, receivers: [...chosen] })}
          />
        )}
      </Queried>
    </ConfirmDialog>
  );
};
