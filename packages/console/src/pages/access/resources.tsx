import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { TextField } from '../../kit/field.tsx';
import { Queried } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { grantsQuery, RESOURCES, type Resource, setGrant } from './access-requests.ts';

interface ResourcesProps {
  readonly orgId: string;
  readonly isAdministrator: boolean;
}

/** How many CU of what an organisation may use, and uses. */
export const Resources = ({ orgId, isAdministrator }: ResourcesProps) => {
  const { t, number } = useText();
  const client = useQueryClient();
  const grants = useQuery(grantsQuery(orgId));
  const [asked, setAsked] = useState<{ readonly resource: Resource; readonly cu: string }>();
  const columns = [
    { name: t('access.resource') },
    { name: t('access.granted'), isNumber: true },
    { name: t('access.used'), isNumber: true },
    { name: t('access.available'), isNumber: true },
    ...(isAdministrator ? [{ name: t('table.actions') }] : []),
  ];
  return (
    <section className={styles.section}>
      <h2>{t('access.resources')}</h2>
      <Queried query={grants} failed={t('access.failed')}>
        {(found) => (
          <Table label={t('access.resources')} columns={columns}>
            {RESOURCES.map(({ of, resource }) => {
              const grant = found[of];
              const shown = (value: number | undefined): string =>
                value === undefined ? '–' : t('access.cu', { n: number(value) });
              return (
                <tr key={resource}>
                  <th scope="row">{t(`access.of.${resource}`)}</th>
                  <td className={tableStyles.number}>
                    {grant === null ? t('access.notGranted') : shown(grant.granted)}
                  </td>
                  <td className={tableStyles.number}>{shown(grant?.used)}</td>
                  <td className={tableStyles.number}>{shown(grant?.available)}</td>
                  {isAdministrator && (
                    <td>
                      <Button
                        aria-label={t('access.changeOf', { name: t(`access.of.${resource}`) })}
                        onClick={() => setAsked({ resource, cu: grant === null ? '' : String(grant.granted) })}
                      >
                        {t('access.change')}
                      </Button>
                    </td>
                  )}
                </tr>
              );
            })}
          </Table>
        )}
      </Queried>
      {asked !== undefined && (
        <ConfirmDialog
          title={t('access.changeOf', { name: t(`access.of.${asked.resource}`) })}
          action={t('access.save')}
          onConfirm={async () => {
            await setGrant(orgId, asked.resource, asked.cu === '' ? undefined : Number(asked.cu));
            await client.invalidateQueries({ queryKey: grantsQuery(orgId).queryKey });
          }}
          onClose={() => setAsked(undefined)}
        >
          <TextField
            label={t('access.cuField')}
            hint={t('access.cuHint')}
            type="number"
            min={0}
            step="any"
            value={asked.cu}
            onChange={({ target }) => setAsked({ ...asked, cu: target.value })}
          />
        </ConfirmDialog>
      )}
    </section>
  );
};
