import { lazy, Suspense } from 'react';
import { useText } from '../../../reader/use-text.ts';
import type { CodeFieldProps } from './code-field.tsx';

const Editor = lazy(async () => ({ default: (await import('./code-field.tsx')).CodeField }));

/** The editor is large, and loaded when somebody first needs it. */
export const LazyCode = (props: CodeFieldProps) => {
  const { t } = useText();
  return (
    <Suspense fallback={<p role="status">{t('app.loading')}</p>}>
      <Editor {...props} />
    </Suspense>
  );
};
