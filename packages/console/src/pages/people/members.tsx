import type { Member } from '@penstock/client/session';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleSlash, Trash2, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../../kit/button.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { Mark } from '../../kit/mark.tsx';
import { Empty, Problem, Queried } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { More, Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import type { Role } from '../../roles/role.ts';
import { RoleField } from '../../roles/role-field.tsx';
import { AddMember } from './add-member.tsx';
import { membersQuery, removeMember, setMember } from './people-requests.ts';

interface MembersProps {
  readonly orgId: string;
  readonly isManager: boolean;
}

/** Members of an organisation with what each may do. */
export const Members = ({ orgId, isManager }: MembersProps) => {
  const { t } = useText();
  const client = useQueryClient();
  const list = useInfiniteQuery(membersQuery(orgId));
  const [dialog, setDialog] = useState<'add' | Member>();
  const again = () => client.invalidateQueries({ queryKey: membersQuery(orgId).queryKey });
  const changing = useMutation({
    mutationFn: ({ email, role }: { readonly email: string; readonly role: Role }) => setMember(orgId, email, role),
    onSettled: again,
  });
  const close = () => setDialog(undefined);
  const columns = [
    { name: t('people.email') },
    { name: t('people.name') },
    { name: t('people.role') },
    { name: t('people.source') },
    { name: t('people.since') },
    ...(isManager ? [{ name: t('table.actions') }] : []),
  ];
  const row = (member: Member) => (
    <MemberRow
      key={member.userId}
      member={member}
      isManager={isManager}
      isBusy={changing.isPending}
      onRole={(role) => changing.mutate({ email: member.email, role })}
      onRemove={() => setDialog(member)}
    />
  );
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('people.members')}</h2>
        {isManager && (
          <Button kind="primary" onClick={() => setDialog('add')}>
            <UserPlus size={14} aria-hidden="true" /> {t('people.add')}
          </Button>
        )}
      </div>
      {changing.isError && <Problem title={t('operate.failed')} error={changing.error} />}
      <Queried query={list} failed={t('people.failed')}>
        {({ pages }) => {
          const members = pages.flatMap(({ items }) => items);
          if (members.length === 0) return <Empty title={t('people.none')} hint={t('people.noneHint')} />;
          return (
            <Table label={t('people.members')} columns={columns}>
              {members.map(row)}
            </Table>
          );
        }}
      </Queried>
      <More list={list} />
      {dialog === 'add' && <AddMember orgId={orgId} onDone={again} onClose={close} />}
      {typeof dialog === 'object' && (
        <ConfirmDialog
          isDangerous
          title={t('people.removeOf', { email: dialog.email })}
          action={t('people.remove')}
          onConfirm={async () => {
            await removeMember(orgId, dialog.userId);
            await again();
          }}
          onClose={close}
        >
          <p>{t('people.removeWhat', { email: dialog.email })}</p>
        </ConfirmDialog>
      )}
    </section>
  );
};

interface MemberRowProps {
  readonly member: Member;
  readonly isManager: boolean;
  readonly isBusy: boolean;
  readonly onRole: (role: Role) => void;
  readonly onRemove: () => void;
}

const MemberRow = ({ member, isManager, isBusy, onRole, onRemove }: MemberRowProps) => {
  const { t, time } = useText();
  const { email, name, role, source, since, isDisabled } = member;
  return (
    <tr>
      <th scope="row" className={tableStyles.wide}>
        {email}
        {isDisabled && (
          <div>
            <Mark tone="warn" icon={CircleSlash}>
              {t('people.isDisabled')}
            </Mark>
          </div>
        )}
      </th>
      <td className={tableStyles.wide}>{name}</td>
      <td>
        {isManager ? (
          <RoleField label={t('people.roleOf', { email })} role={role} disabled={isBusy} onChange={onRole} />
        ) : (
          t(`role.${role}`)
        )}
      </td>
      <td>{t(`people.source.${source}`)}</td>
      <td>{time(since)}</td>
      {isManager && (
        <td>
          <IconButton label={t('people.removeOf', { email })} onClick={onRemove}>
            <Trash2 size={14} aria-hidden="true" />
          </IconButton>
        </td>
      )}
    </tr>
  );
};
