import type { System } from '@penstock/client/session';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../../api/use-session.ts';
import { Button } from '../../kit/button.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { useSlowly } from '../../kit/live.ts';
import { LiveLine } from '../../kit/live-line.tsx';
import { Mark } from '../../kit/mark.tsx';
import { Empty, Queried } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { Terms } from '../../kit/terms.tsx';
import { useText } from '../../reader/use-text.ts';
import { Growth } from './growth.tsx';
import { adoptSite, systemQuery } from './system-requests.ts';
import { clockOffsetOf, type Trouble, troublesOf } from './system-troubles.ts';

/** How the installation stands: what is wrong with it, its service and database, and everything that grows. */
export const SystemPage = () => {
  const { t } = useText();
  const { isAdministrator } = useSession();
  if (isAdministrator) return <Installation />;
  return (
    <div className={page.page}>
      <h1>{t('system.title')}</h1>
      <Empty title={t('system.notYours')} />
    </div>
  );
};

const Installation = () => {
  const { t, language } = useText();
  const system = useQuery({ ...systemQuery(language), refetchInterval: useSlowly() });
  return (
    <div className={page.page}>
      <div className={page.head}>
        <h1>{t('system.title')}</h1>
        <span className={page.grow} />
        <LiveLine watched={system} />
      </div>
      <Queried query={system} failed={t('system.failed')}>
        {(found) => (
          <>
            <Troubles system={found} />
            <Facts system={found} />
            <Growth items={found.growth} />
          </>
        )}
      </Queried>
    </div>
  );
};

const Troubles = ({ system }: { readonly system: System }) => {
  const { t } = useText();
  const client = useQueryClient();
  const [adopts, setAdopts] = useState(false);
  const troubles = troublesOf(system);
  return (
    <section className={page.section} aria-label={t('system.state')}>
      <h2>{t('system.state')}</h2>
      {troubles.length === 0 && <Mark tone="good">{t('system.isWell')}</Mark>}
      {troubles.map((trouble) => (
        <div key={trouble.kind} className={page.tools}>
          <TroubleText trouble={trouble} />
          {trouble.kind === 'foreign' && <Button onClick={() => setAdopts(true)}>{t('system.adopt')}</Button>}
        </div>
      ))}
      {adopts && (
        <ConfirmDialog
          isDangerous
          title={t('system.adopt')}
          action={t('system.adopt')}
          onConfirm={async () => {
            await adoptSite();
            await client.invalidateQueries({ queryKey: ['system'] });
          }}
          onClose={() => setAdopts(false)}
        >
          <p>{t('system.adoptWhat')}</p>
        </ConfirmDialog>
      )}
    </section>
  );
};

const TroubleText = ({ trouble }: { readonly trouble: Trouble }) => {
  const { t, number } = useText();
  if (trouble.kind === 'foreign') return <Mark tone="bad">{t('system.foreign')}</Mark>;
  if (trouble.kind === 'clock')
    return <Mark tone="warn">{t('system.clock', { ms: number(Math.round(trouble.offsetMs)) })}</Mark>;
  return <Mark tone="warn">{t('system.provider', { issuer: trouble.issuer, why: trouble.why })}</Mark>;
};

const Facts = ({ system }: { readonly system: System }) => {
  const { t, number } = useText();
  const { instanceId, node, residentMb, supervises, site, database, signInProvider } = system;
  const migration = database.migration ?? t('value.unknown');
  return (
    <section className={page.section}>
      <h2>{t('system.service')}</h2>
      <Terms
        items={[
          [t('system.instance'), instanceId],
          [t('system.node'), node],
          [t('system.memory'), t('system.mb', { n: number(residentMb) })],
          [t('system.supervises'), t(supervises ? 'system.doesSupervise' : 'system.doesNot')],
          [t('system.database'), t(`system.database.${database.kind}`, { migration })],
          [t('system.offset'), t('system.ms', { n: number(Math.round(clockOffsetOf(system))) })],
          [t('system.site'), [site.name, site.storage].filter(Boolean).join(' · ')],
          [t('system.signIn'), signInProvider?.issuer ?? t('system.noProvider')],
        ]}
      />
    </section>
  );
};
