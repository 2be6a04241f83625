import { Type } from 'typebox';
import { type AuditEntry, type AuditFilters, listAudit } from '../../../audit/list-audit.ts';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireAdmin, requireOrganizationAccess } from '../../plugins/caller.ts';
import { decodeCursor, encodeCursor } from '../../plugins/cursor.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, nullable, orgParams, pageOf, pageQuery, responses, text, time } from '../../plugins/schemas.ts';

const base = { tags: ['Audit'], security: bearer };
const entrySchema = nameSchema(
  'AuditEntry',
  Type.Object({
    at: time('When'),
    orgId: nullable(text('Whose business it was; null: of the installation.')),
    actor: text('An access key, the e-mail address of a user, or `admin`.'),
    address: nullable(text('Where the call came from; null where it was no call, or before that was noted.')),
    action: text('What was done: `pipeline.save`, `pipeline.start`, `access-key.create`, `data.read`, …'),
    target: text('With what: the id of a pipeline, key, user or organisation, or the pattern of a topic grant.'),
    detail: nullable(text('Revision, version, amount or note; of a look at data the call.')),
  }),
);
// What a database cannot hold it does not contain.
const filter = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 300, pattern: '^[^\\u0000]*$', description }));
const filters = {
  ...pageQuery.properties,
  actor: filter('Only what this one did.'),
  action: filter('Only actions that begin so: `pipeline.`, `data.read`.'),
  target: filter('Only what was done with this.'),
  from: Type.Optional(time('Not before')),
  to: Type.Optional(time('Not after')),
};

/** Who did what, for administrators: of an organisation, and of the whole installation. */
export const registerAuditRoutes = (app: ApiInstance, deps: UseCaseDeps): void => {
  void app.get(
    '/organizations/:orgId/audit',
    {
      config: { permission: 'organization.manage' },
      schema: {
        ...base,
        summary: 'Who did what in an organisation, and who looked at its data, newest first',
        params: orgParams,
        querystring: Type.Object(filters),
        response: responses({ 200: pageOf(entrySchema) }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      return pageOfAudit(deps, { ...request.query, orgId });
    },
  );
  void app.get(
    '/audit',
    {
      config: { permission: 'installation.manage' },
      schema: {
        ...base,
        summary: 'Who did what in the installation, also in organisations that are gone, newest first (admin)',
        querystring: Type.Object({ ...filters, orgId: filter('Only of this organisation.') }),
        response: responses({ 200: pageOf(entrySchema) }),
      },
    },
    async (request) => {
      requireAdmin(request);
      return pageOfAudit(deps, request.query);
    },
  );
};

const pageOfAudit = async (
  { store }: UseCaseDeps,
  { limit, cursor, ...wanted }: AuditFilters & { readonly limit: number; readonly cursor?: string },
) => {
  const before = decodeCursor(cursor, (value) => (Number.isSafeInteger(value) ? Number(value) : undefined));
  // One more tells whether there is another page; how many there are in all is not counted.
  const rows = await listAudit(store.db, wanted, { limit: limit + 1, before });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(viewOf),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last.id) : null,
    total: null,
  };
};

const viewOf = ({ id: _, ...entry }: AuditEntry) => entry;
