import { Type } from 'typebox';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { callerOf } from '../../plugins/caller.ts';
import { bearer, responses, roleSchema } from '../../plugins/schemas.ts';

const me = Type.Union([
  Type.Object({ kind: Type.Literal('admin') }),
  Type.Object({ kind: Type.Literal('organization'), orgId: Type.String(), role: roleSchema }),
]);

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
      return caller.kind === 'admin'
        ? { kind: 'admin' as const }
        : { kind: 'organization' as const, orgId: caller.orgId, role: caller.role };
    },
  );
};
