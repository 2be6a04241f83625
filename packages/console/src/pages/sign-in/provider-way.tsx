import { CircleX } from 'lucide-react';
import { ButtonLink } from '../../kit/button.tsx';
import notice from '../../kit/notice.module.css';
import { useText } from '../../reader/use-text.ts';
import { problemKey } from './sign-in-problem.ts';

/** The way to the provider, and back to where somebody is now. */
export const ProviderWay = ({
  provider: { name, path },
  returnTo,
}: {
  readonly provider: { readonly name: string; readonly path: string };
  readonly returnTo: string;
}) => {
  const { t } = useText();
  return (
    <ButtonLink href={`${path}?returnTo=${encodeURIComponent(returnTo)}`}>
      {t('signIn.atProvider', { name })}
    </ButtonLink>
  );
};

/** Why somebody came back from the provider without being signed in. */
export const SignInProblem = ({ code }: { readonly code: string }) => {
  const { t } = useText();
  return (
    <div className={notice.problem} role="alert">
      <CircleX size={16} aria-hidden="true" />
      <div>
        <strong>{t('signIn.failed')}</strong> {t(problemKey(code))}
      </div>
    </div>
  );
};
