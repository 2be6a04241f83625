import { Type } from 'typebox';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { callerOf } from '../../plugins/caller.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, responses, roleSchema } from '../../plugins/schemas.ts';

const me = nameSchema(
  'Me',
  Type.Union([
    Type.Object({ kind: Type.Literal('admin') }),
    Type.Object({ kind: Type.Literal('organization'), orgId: Type.String(), role: roleSchema }),
    Type.Object({
      kind: Type.Literal('user'),
      userId: Type.String(),
      email: Type.String(),
      isAdministrator: Type.Boolean({ description: 'Of the whole installation.' }),
      roles: Type.Array(Type.Object({ orgId: Type.String(), role: roleSchema })),
    }),
  ]),
);

/** Who the credentials belong to. */
export const registerMeRoute = (app: ApiInstance): void => {
  void app.get(
    '/me',
    {
      config: { permission: 'anyone' },
      schema: { tags: ['Organizations'], summary: 'Who am I?', security: bearer, response: responses({ 200: me }) },
    },
    async (request) => {
      const caller = callerOf(request);
      if (caller.kind === 'admin') return { kind: 'admin' as const };
      if (caller.kind === 'organization')
        return { kind: 'organization' as const, orgId: caller.orgId, role: caller.role };
      const { userId, email, isAdministrator } = caller;
      const roles = [...caller.roles].map(([orgId, role]) => ({ orgId, role }));
      return { kind: 'user' as const, userId, email, isAdministrator, roles };
    },
  );
};
