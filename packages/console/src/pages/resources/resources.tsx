import type { Resource } from '@penstock/client/session';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { TextField } from '../../kit/field.tsx';
import { useSlowly } from '../../kit/live.ts';
import { Mark } from '../../kit/mark.tsx';
import { Queried } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { type ResourceName, resourcesQuery, setGrant } from './resource-requests.ts';
import { Usage } from './usage.tsx';

interface ResourcesProps {
  readonly orgId: string;
  readonly isAdministrator: boolean;
}

/** How many CU of what an organisation may use, and uses, and which of it is running out. */
export const Resources = ({ orgId, isAdministrator }: ResourcesProps) => {
  const { t, number } = useText();
  const client = useQueryClient();
  const list = useQuery({ ...resourcesQuery(orgId), refetchInterval: useSlowly() });
  const [shown, setShown] = useState<ResourceName>();
  const [asked, setAsked] = useState<{ readonly resource: ResourceName; readonly cu: string }>();
  const columns = [
    { name: t('resources.resource') },
    { name: t('resources.granted'), isNumber: true },
    { name: t('resources.used'), isNumber: true },
    { name: t('resources.available'), isNumber: true },
    { name: t('table.actions') },
  ];
  return (
    <section className={page.section}>
      <h2>{t('resources.units')}</h2>
      <Queried query={list} failed={t('resources.failed')}>
        {({ items, warnPercent }) => (
          <>
            <Table label={t('resources.units')} columns={columns}>
              {items.map((item) => (
                <Row
                  key={item.resource}
                  item={item}
                  isShown={item.resource === shown}
                  isAdministrator={isAdministrator}
                  onShow={() => setShown(item.resource === shown ? undefined : item.resource)}
                  onChange={() =>
                    setAsked({ resource: item.resource, cu: item.granted === null ? '' : String(item.granted) })
                  }
                />
              ))}
            </Table>
            <p className={page.hint}>{t('resources.warns', { n: number(warnPercent) })}</p>
          </>
        )}
      </Queried>
      {shown !== undefined && <Usage key={shown} orgId={orgId} resource={shown} />}
      {asked !== undefined && (
        <ConfirmDialog
          title={t('resources.changeOf', { name: t(`resources.of.${asked.resource}`) })}
          action={t('resources.save')}
          onConfirm={async () => {
            await setGrant(orgId, asked.resource, asked.cu === '' ? undefined : Number(asked.cu));
            await client.invalidateQueries({ queryKey: resourcesQuery(orgId).queryKey });
          }}
          onClose={() => setAsked(undefined)}
        >
          <TextField
            label={t('resources.cuField')}
            hint={t('resources.cuHint')}
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

interface RowProps {
  readonly item: Resource;
  readonly isShown: boolean;
  readonly isAdministrator: boolean;
  readonly onShow: () => void;
  readonly onChange: () => void;
}

const Row = ({ item, isShown, isAdministrator, onShow, onChange }: RowProps) => {
  const { t, number, time } = useText();
  const { resource, granted, used, available, scarceSince } = item;
  const name = t(`resources.of.${resource}`);
  const cu = (value: number): string => t('resources.cu', { n: number(value) });
  return (
    <tr className={isShown ? tableStyles.selected : undefined}>
      <th scope="row" className={tableStyles.wide}>
        {name}
        <div className={page.hint}>{t(`resources.what.${resource}`)}</div>
        {scarceSince !== null && (
          <div>
            <Mark tone={available !== null && available <= 0 ? 'bad' : 'warn'}>
              {t(available !== null && available <= 0 ? 'resources.usedUp' : 'resources.scarce', {
                time: time(scarceSince),
              })}
            </Mark>
          </div>
        )}
      </th>
      <td className={tableStyles.number}>{granted === null ? t('resources.notGranted') : cu(granted)}</td>
      <td className={tableStyles.number}>{cu(used)}</td>
      <td className={tableStyles.number}>{available === null ? '–' : cu(available)}</td>
      <td>
        <div className={page.tools}>
          <Button aria-pressed={isShown} aria-label={t('resources.usageOf', { name })} onClick={onShow}>
            {t('resources.usage')}
          </Button>
          {isAdministrator && (
            <Button aria-label={t('resources.changeOf', { name })} onClick={onChange}>
              {t('resources.change')}
            </Button>
          )}
        </div>
      </td>
    </tr>
  );
};
