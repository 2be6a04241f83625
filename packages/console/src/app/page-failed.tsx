import type { ErrorComponentProps } from '@tanstack/react-router';
import { Failed } from '../kit/notice.tsx';
import { useText } from '../reader/use-text.ts';

/** In place of a page that threw, which is a mistake of ours. */
export const PageFailed = ({ error, reset }: ErrorComponentProps) => {
  const { t } = useText();
  return <Failed title={t('app.failed')} error={error} onRetry={reset} />;
};
