import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { CircleHelp, CircleUser, Languages, LogOut, Monitor, Moon, Search, Sun } from 'lucide-react';
import { organizationsQuery, sessionQuery, signOut } from '../api/session.ts';
import { useSession } from '../api/use-session.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { SelectField } from '../kit/field.tsx';
import icon from '../kit/icon.svg';
import { LOCALES } from '../messages/translate.ts';
import { setPreferences, THEMES, usePreferences } from '../reader/preferences.ts';
import { useText } from '../reader/use-text.ts';
import styles from './shell.module.css';

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

/** The next of some values, and after the last the first. */
export const nextOf = <T,>(values: readonly [T, ...T[]], current: T): T =>
  values[(values.indexOf(current) + 1) % values.length] ?? values[0];

interface TopBarProps {
  readonly orgId: string;
  readonly onPalette: () => void;
  readonly onHelp: () => void;
}

export const TopBar = ({ orgId, onPalette, onHelp }: TopBarProps) => {
  const { t } = useText();
  return (
    <header className={styles.bar}>
      <Link to="/" className={styles.brand}>
        <img src={icon} width={20} height={20} alt="" /> {t('app.name')}
      </Link>
      <OrganizationPicker orgId={orgId} />
      <span className={styles.grow} />
      <Button className={styles.palette} onClick={onPalette}>
        <Search size={14} aria-hidden="true" /> {t('actions.palette')}
      </Button>
      <IconButton label={t('actions.help')} onClick={onHelp}>
        <CircleHelp size={16} aria-hidden="true" />
      </IconButton>
      <PreferenceButtons />
      <Link
        to="/organizations/$orgId/account"
        params={{ orgId }}
        className={styles.account ?? ''}
        aria-label={t('account.title')}
        title={t('account.title')}
      >
        <CircleUser size={16} aria-hidden="true" />
      </Link>
      <Account />
    </header>
  );
};

const OrganizationPicker = ({ orgId }: { readonly orgId: string }) => {
  const { t } = useText();
  const navigate = useNavigate();
  const organizations = useQuery(organizationsQuery(useSession()));
  const choices = organizations.data ?? [];
  // One that was named in the address is shown, even where the list does not have it.
  const all = choices.some((choice) => choice.orgId === orgId) ? choices : [{ orgId, name: orgId }, ...choices];
  return (
    <SelectField
      hideLabel
      label={t('app.organization')}
      value={orgId}
      options={all.map(({ orgId: value, name }) => ({ value, text: name }))}
      onChange={({ target }) =>
        void navigate({ to: '/organizations/$orgId/pipelines', params: { orgId: target.value } })
      }
    />
  );
};

const PreferenceButtons = () => {
  const { t } = useText();
  const { theme, locale } = usePreferences();
  const ThemeIcon = THEME_ICONS[theme];
  return (
    <>
      <IconButton
        label={`${t('app.theme')}: ${t(`app.theme.${theme}`)}`}
        onClick={() => setPreferences({ theme: nextOf(THEMES, theme) })}
      >
        <ThemeIcon size={16} aria-hidden="true" />
      </IconButton>
      <IconButton label={t('actions.language')} onClick={() => setPreferences({ locale: nextOf(LOCALES, locale) })}>
        <Languages size={16} aria-hidden="true" />
      </IconButton>
    </>
  );
};

const Account = () => {
  const { t } = useText();
  const client = useQueryClient();
  const { email, signOutPath } = useSession();
  const leave = async () => {
    await signOut();
    // Whoever came through a provider is signed in there too.
    if (signOutPath !== null) return window.location.assign(signOutPath);
    // What was read belongs to whoever read it.
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
    client.setQueryData(sessionQuery.queryKey, null);
  };
  return (
    <IconButton label={`${t('app.signOut')} (${t('app.account', { email })})`} onClick={() => void leave()}>
      <LogOut size={16} aria-hidden="true" />
    </IconButton>
  );
};
