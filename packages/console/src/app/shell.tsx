import { Outlet, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { CommandPalette } from '../actions/command-palette.tsx';
import { HelpSheet } from '../actions/help-sheet.tsx';
import { useActions } from '../actions/registry.ts';
import { useShortcuts } from '../actions/use-shortcuts.ts';
import { useText } from '../reader/use-text.ts';
import { rememberOrganization } from './last-organization.ts';
import { Navigation } from './navigation.tsx';
import { PipelineActions } from './pipeline-actions.tsx';
import styles from './shell.module.css';
import { TopBar } from './top-bar.tsx';
import { useChanges } from './use-changes.ts';
import { useShellActions } from './use-shell-actions.ts';

/** What is around every page of an organisation. */
export const Shell = () => {
  const { t } = useText();
  const { orgId } = useParams({ from: '/organizations/$orgId' });
  const [overlay, setOverlay] = useState<'palette' | 'help'>();
  useActions(useShellActions(orgId, setOverlay));
  useShortcuts();
  useChanges(orgId);
  useEffect(() => rememberOrganization(orgId), [orgId]);
  const close = () => setOverlay(undefined);
  return (
    <div className={styles.shell}>
      <a href="#content" className={styles.skip}>
        {t('app.skip')}
      </a>
      <TopBar orgId={orgId} onPalette={() => setOverlay('palette')} onHelp={() => setOverlay('help')} />
      <Navigation orgId={orgId} />
      <main id="content" className={styles.main} tabIndex={-1}>
        <Outlet />
      </main>
      {overlay === 'palette' && <PipelineActions orgId={orgId} />}
      {overlay === 'palette' && <CommandPalette onClose={close} />}
      {overlay === 'help' && <HelpSheet onClose={close} />}
    </div>
  );
};
