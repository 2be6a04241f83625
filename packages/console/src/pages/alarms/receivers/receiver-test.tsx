import type { AlarmReceiver } from '@penstock/client/session';
import { useMutation } from '@tanstack/react-query';
import { CodeHelp } from '../../../codes/code-help.tsx';
import { Button } from '../../../kit/button.tsx';
import { Dialog } from '../../../kit/dialog.tsx';
import { Mark } from '../../../kit/mark.tsx';
import { Problem } from '../../../kit/notice.tsx';
import { useText } from '../../../reader/use-text.ts';
import { testReceiver } from './receiver-requests.ts';

interface ReceiverTestProps {
  readonly orgId: string;
  readonly receiver: AlarmReceiver;
  readonly onDone: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Sends something to a receiver, after saying so, and tells how that went. */
export const ReceiverTest = ({ orgId, receiver, onDone, onClose }: ReceiverTestProps) => {
  const { t } = useText();
  const { receiverId, name, address } = receiver;
  const testing = useMutation({ mutationFn: () => testReceiver(orgId, receiverId), onSuccess: onDone });
  const { data } = testing;
  const actions = (
    <>
      <Button onClick={onClose}>{t('app.close')}</Button>
      <Button kind="primary" disabled={testing.isPending} onClick={() => testing.mutate()}>
        {t(testing.isPending ? 'operate.working' : 'receivers.send')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('receivers.testOf', { name })} onClose={onClose} actions={actions}>
      <p>{t('receivers.testWhat', { address })}</p>
      {testing.isError && <Problem title={t('operate.failed')} error={testing.error} />}
      {data?.delivered === true && (
        <Mark tone="good" isNews>
          {t('receivers.delivered')}
        </Mark>
      )}
      {data?.delivered === false && (
        <div role="alert">
          <Mark tone="bad">{t('receivers.notDelivered')}</Mark>
          <p>
            {data.message} <code>{data.code}</code>
          </p>
          {data.code !== null && <CodeHelp code={data.code} beside="in-english" />}
        </div>
      )}
    </Dialog>
  );
};
