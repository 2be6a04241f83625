import { Link } from '@tanstack/react-router';
import {
  Bell,
  Blocks,
  BookOpen,
  Gauge,
  KeyRound,
  MailX,
  MessagesSquare,
  Network,
  Plug,
  Server,
  Users,
  Workflow,
} from 'lucide-react';
import { useSession } from '../api/use-session.ts';
import { useText } from '../reader/use-text.ts';
import styles from './shell.module.css';

export const Navigation = ({ orgId }: { readonly orgId: string }) => {
  const { t } = useText();
  const { isAdministrator } = useSession();
  return (
    <nav className={styles.nav} aria-label={t('app.navigation')}>
      <Link to="/organizations/$orgId/pipelines" params={{ orgId }}>
        <Workflow size={16} aria-hidden="true" /> {t('nav.pipelines')}
      </Link>
      <Link to="/organizations/$orgId/dead-letters" params={{ orgId }}>
        <MailX size={16} aria-hidden="true" /> {t('nav.deadLetters')}
      </Link>
      <Link to="/organizations/$orgId/alarms" params={{ orgId }}>
        <Bell size={16} aria-hidden="true" /> {t('nav.alarms')}
      </Link>
      <Link to="/organizations/$orgId/topics" params={{ orgId }}>
        <MessagesSquare size={16} aria-hidden="true" /> {t('look.topics')}
      </Link>
      <Link to="/organizations/$orgId/assets" params={{ orgId }}>
        <Network size={16} aria-hidden="true" /> {t('nav.assets')}
      </Link>
      <Link to="/organizations/$orgId/library" params={{ orgId }}>
        <Blocks size={16} aria-hidden="true" /> {t('nav.library')}
      </Link>
      <Link to="/organizations/$orgId/connections" params={{ orgId }}>
        <Plug size={16} aria-hidden="true" /> {t('nav.connections')}
      </Link>
      <Link to="/organizations/$orgId/people" params={{ orgId }}>
        <Users size={16} aria-hidden="true" /> {t('nav.people')}
      </Link>
      <Link to="/organizations/$orgId/access" params={{ orgId }}>
        <KeyRound size={16} aria-hidden="true" /> {t('nav.access')}
      </Link>
      <Link to="/organizations/$orgId/resources" params={{ orgId }}>
        <Gauge size={16} aria-hidden="true" /> {t('nav.resources')}
      </Link>
      {isAdministrator && (
        <Link to="/organizations/$orgId/system" params={{ orgId }}>
          <Server size={16} aria-hidden="true" /> {t('nav.system')}
        </Link>
      )}
      <a href="/docs" className={styles.reference}>
        <BookOpen size={16} aria-hidden="true" /> {t('app.apiReference')}
      </a>
    </nav>
  );
};
