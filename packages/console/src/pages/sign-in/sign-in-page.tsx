import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Navigate, useRouterState } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { sessionQuery, signIn, waysQuery } from '../../api/session.ts';
import { useSessionIfAny } from '../../api/use-session.ts';
import { Button } from '../../kit/button.tsx';
import { TextField } from '../../kit/field.tsx';
import icon from '../../kit/icon.svg';
import { Problem } from '../../kit/notice.tsx';
import { useText } from '../../reader/use-text.ts';
import { ProviderWay, SignInProblem } from './provider-way.tsx';
import styles from './sign-in-page.module.css';

/** The ways in: with a password, at the provider, and what to do for who has neither. */
export const SignInPage = () => {
  const { t } = useText();
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { pathname, search, href } = useRouterState({ select: ({ location }) => location });
  const ways = useQuery(waysQuery);
  const entering = useMutation({
    mutationFn: () => signIn(email, password),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  const isHere = pathname === '/sign-in';
  const session = useSessionIfAny();
  const problem = isHere && typeof search.problem === 'string' ? search.problem : undefined;
  const isSpent = problem === 'LINK_SPENT';
  // Whoever came to nothing while signed in is told, rather than shown what they would see after success.
  if (isHere && session !== undefined && (problem === undefined || entering.isSuccess))
    return <Navigate to="/" replace />;
  const hasPasswords = ways.data?.passwords ?? ways.isError;
  const provider = ways.data?.provider ?? null;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    entering.mutate();
  };
  return (
    <main className={styles.page}>
      <form className={styles.form} onSubmit={onSubmit}>
        <h1 className={styles.brand}>
          <img src={icon} width={22} height={22} alt="" /> {t('signIn.title')}
        </h1>
        {problem !== undefined && !isSpent && <SignInProblem code={problem} />}
        {provider !== null && <ProviderWay provider={provider} returnTo={isHere ? '/' : href} />}
        {hasPasswords && (
          <>
            <TextField
              label={t('signIn.email')}
              type="email"
              autoComplete="username"
              required
              value={email}
              onChange={({ target }) => setEmail(target.value)}
            />
            <TextField
              label={t('signIn.password')}
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={({ target }) => setPassword(target.value)}
            />
            {entering.isError && <Problem title={t('operate.failed')} error={entering.error} />}
            <Button type="submit" kind="primary" disabled={entering.isPending}>
              {t('signIn.submit')}
            </Button>
          </>
        )}
        <p className={styles.hint}>{t(isSpent ? 'signIn.linkSpent' : 'signIn.linkHint')}</p>
        {session !== undefined && (
          <p className={styles.hint}>
            <Link to="/">{t('signIn.goOnAs', { email: session.email })}</Link>
          </p>
        )}
      </form>
    </main>
  );
};
