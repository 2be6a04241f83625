import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { CodeHelp } from '../../codes/code-help.tsx';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Mark } from '../../kit/mark.tsx';
import { Loading, Problem } from '../../kit/notice.tsx';
import { useText } from '../../reader/use-text.ts';
import { testConnection } from './connection-requests.ts';

interface TestDialogProps {
  readonly orgId: string;
  readonly name: string;
  readonly onDone: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Connects as pipelines would, and says how that went. */
export const TestDialog = ({ orgId, name, onDone, onClose }: TestDialogProps) => {
  const { t, number } = useText();
  const testing = useMutation({ mutationFn: () => testConnection(orgId, name), onSuccess: onDone });
  const { mutate, data } = testing;
  useEffect(() => mutate(), [mutate]);
  const actions = (
    <>
      <Button onClick={onClose}>{t('app.close')}</Button>
      <Button disabled={testing.isPending} onClick={() => mutate()}>
        {t('connections.testAgain')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('connections.testOf', { name })} onClose={onClose} actions={actions}>
      {testing.isPending && <Loading />}
      {testing.isError && <Problem title={t('operate.failed')} error={testing.error} />}
      {data?.connected === true && (
        <Mark tone="good" isNews>
          {t('connections.isConnected', { found: data.found ?? '', ms: number(data.tookMs) })}
        </Mark>
      )}
      {data?.connected === false && (
        <div role="alert">
          <Mark tone="bad">{t('connections.isNot', { ms: number(data.tookMs) })}</Mark>
          <p>
            {data.message} <code>{data.code}</code>
          </p>
          {data.code !== null && <CodeHelp code={data.code} beside="in-english" />}
        </div>
      )}
    </Dialog>
  );
};
