import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useSession } from '../../api/use-session.ts';
import { Button } from '../../kit/button.tsx';
import { TextField } from '../../kit/field.tsx';
import { Mark } from '../../kit/mark.tsx';
import { Problem } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { useText } from '../../reader/use-text.ts';
import { sessionsQuery, setPassword } from './account-requests.ts';

/** A new password. Whoever came by a link is not asked for the one before: that is how a forgotten one is replaced. */
export const PasswordForm = ({ isByLink }: { readonly isByLink: boolean }) => {
  const { t } = useText();
  const { email } = useSession();
  const client = useQueryClient();
  const [current, setCurrent] = useState('');
  const [password, setNew] = useState('');
  const [again, setAgain] = useState('');
  const setting = useMutation({
    mutationFn: () => setPassword(password, isByLink || current === '' ? undefined : current),
    onSuccess: () => {
      for (const clear of [setCurrent, setNew, setAgain]) clear('');
      return client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
  });
  const differs = again !== '' && again !== password;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (password !== '' && password === again) setting.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {/* Lets the browser's own store of passwords know whose it is. */}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      {!isByLink && (
        <TextField
          label={t('account.current')}
          hint={t('account.currentHint')}
          type="password"
          autoComplete="current-password"
          value={current}
          onChange={({ target }) => setCurrent(target.value)}
        />
      )}
      <TextField
        label={t('account.new')}
        type="password"
        autoComplete="new-password"
        required
        maxLength={1000}
        value={password}
        onChange={({ target }) => setNew(target.value)}
      />
      <TextField
        label={t('account.again')}
        {...(differs ? { hint: t('account.differs'), 'aria-invalid': true } : {})}
        type="password"
        autoComplete="new-password"
        required
        maxLength={1000}
        value={again}
        onChange={({ target }) => setAgain(target.value)}
      />
      {setting.isError && <Problem title={t('operate.failed')} error={setting.error} />}
      <div className={styles.tools}>
        <Button type="submit" kind="primary" disabled={password === '' || password !== again || setting.isPending}>
          {t('account.set')}
        </Button>
        <span role="status">
          {setting.isSuccess && password === '' && <Mark tone="good">{t('account.isSet')}</Mark>}
        </span>
      </div>
    </form>
  );
};
