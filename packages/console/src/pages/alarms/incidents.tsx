import type { AlarmIncident } from '@penstock/client/session';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { incidentsQuery } from '../../api/alarms.ts';
import { useSlowly } from '../../kit/live.ts';
import { Queried } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { More, Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { factsText } from './facts-text.ts';

/** Each time an alarm was raised, how long it lasted, and who knew of it. */
export const Incidents = ({ orgId }: { readonly orgId: string }) => {
  const { t, time } = useText();
  const list = useInfiniteQuery({ ...incidentsQuery(orgId), refetchInterval: useSlowly() });
  const columns = [
    { name: t('incidents.at') },
    { name: t('alarms.pipeline') },
    { name: t('alarms.rule') },
    { name: t('incidents.lasted'), isNumber: true },
    { name: t('alarms.facts') },
    { name: t('alarms.acknowledged') },
  ];
  return (
    <section className={page.section}>
      <h2>{t('incidents.title')}</h2>
      <Queried query={list} failed={t('incidents.failed')}>
        {({ pages }) => {
          const incidents = pages.flatMap(({ items }) => items);
          if (incidents.length === 0) return <p className={page.hint}>{t('incidents.none')}</p>;
          return (
            <Table label={t('incidents.title')} columns={columns}>
              {incidents.map((incident) => (
                <tr key={incident.incidentId}>
                  <td className={tableStyles.nowrap}>{time(incident.raisedAt)}</td>
                  <th scope="row" className={tableStyles.wide}>
                    <Link
                      to="/organizations/$orgId/pipelines/$pipelineId"
                      params={{ orgId, pipelineId: incident.pipelineId }}
                    >
                      {incident.pipelineName}
                    </Link>
                  </th>
                  <td>
                    {t(`alarms.rule.${incident.rule}`)}
                    {incident.kind === 'no-data' && <div className={page.hint}>{t('alarms.state.no-data')}</div>}
                  </td>
                  <Lasted incident={incident} />
                  <td className={tableStyles.code}>{factsText(incident.facts)}</td>
                  <td className={tableStyles.wide}>
                    {incident.acknowledged === null ? (
                      <span className={page.hint}>{t('incidents.unacknowledged')}</span>
                    ) : (
                      <>
                        {incident.acknowledged.note}
                        <div className={page.hint}>
                          {incident.acknowledged.by} · {time(incident.acknowledged.at)}
                        </div>
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </Table>
          );
        }}
      </Queried>
      <More list={list} />
    </section>
  );
};

const Lasted = ({ incident: { raisedAt, endedAt, ending } }: { readonly incident: AlarmIncident }) => {
  const { t, duration } = useText();
  return (
    <td className={tableStyles.number}>
      {endedAt === null ? t('incidents.lasts') : duration(endedAt - raisedAt)}
      {ending !== null && ending !== 'recovered' && <div className={page.hint}>{t(`incidents.ending.${ending}`)}</div>}
    </td>
  );
};
