import { lazy, type ReactNode, Suspense } from 'react';
import { useText } from '../../../reader/use-text.ts';
import type { CodeFieldProps } from './code-field.tsx';

const Editor = lazy(async () => ({ default: (await import('./code-field.tsx')).CodeField }));

interface LazyCodeProps extends CodeFieldProps {
  /** What stands there until it has come; without it: that it is coming. */
  readonly meanwhile?: ReactNode;
}

/** The editor is large, and loaded when somebody first needs it. */
export const LazyCode = ({ meanwhile, ...props }: LazyCodeProps) => {
  const { t } = useText();
  return (
    <Suspense fallback={meanwhile ?? <p role="status">{t('app.loading')}</p>}>
      <Editor {...props} />
    </Suspense>
  );
};
