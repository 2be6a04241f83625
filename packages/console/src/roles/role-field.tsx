import { SelectField } from '../kit/field.tsx';
import { useText } from '../reader/use-text.ts';
import { ROLES, type Role } from './role.ts';

interface RoleFieldProps {
  /** Whose role it is, in a list of many; without it the role is explained below the field. */
  readonly label?: string;
  readonly role: Role;
  readonly disabled?: boolean;
  readonly onChange: (role: Role) => void;
}

/** A choice of roles. */
export const RoleField = ({ label, role, disabled, onChange }: RoleFieldProps) => {
  const { t } = useText();
  return (
    <SelectField
      {...(label === undefined
        ? { label: t('people.role'), hint: t(`people.role.${role}`) }
        : { label, hideLabel: true })}
      value={role}
      disabled={disabled}
      options={ROLES.map((value) => ({ value, text: t(`role.${value}`) }))}
      onChange={({ target }) => {
        const chosen = ROLES.find((each) => each === target.value);
        if (chosen !== undefined) onChange(chosen);
      }}
    />
  );
};
