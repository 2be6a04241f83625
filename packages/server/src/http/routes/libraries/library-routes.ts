import { Type } from 'typebox';
import { actorOf } from '../../../auth/caller.ts';
import {
  installLibrary,
  type LibraryDeps,
  type LibraryView,
  listLibraries,
  uninstallLibrary,
  usersOfLibrary,
} from '../../../libraries/libraries.ts';
import type { DocumentUser } from '../../../use-case/document-users.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, nullable, orgParams, responses, text, time } from '../../plugins/schemas.ts';

const base = { tags: ['Libraries'], security: bearer };
const PATH = '/organizations/:orgId/libraries';
const ONE = `${PATH}/:library` as const;
const params = Type.Object({ ...orgParams.properties, library: Type.String({ minLength: 1, maxLength: 64 }) });

const librarySchema = nameSchema(
  'Library',
  Type.Object({
    library: text('Its version, by which it goes'),
    isRecommended: Type.Boolean({ description: 'The newest; new organisations have it.' }),
    operators: Type.Array(Type.Object({ id: Type.String(), label: Type.String() })),
    installedAt: nullable(time('Installed; null where it is not')),
    installedBy: nullable(Type.String()),
  }),
);
const list = Type.Object({ items: Type.Array(librarySchema) });
const userSchema = nameSchema(
  'LibraryUser',
  Type.Object({
    pipelineId: Type.String(),
    pipelineName: Type.String(),
    stage: text('Instance name of the stage that needs it'),
    copy: Type.Unsafe<DocumentUser['copy']>({
      type: 'string',
      enum: ['design', 'released', 'running'],
      description: 'The copy people work on, the one that is online, or one that a run was started with.',
    }),
  }),
);

/** Operator libraries: which there are, and which of them an organisation has installed. */
export const registerLibraryRoutes = (app: ApiInstance, deps: LibraryDeps): void => {
  registerReading(app, deps);
  void app.put(
    ONE,
    {
      config: { permission: 'pipelines.design' },
      schema: {
        ...base,
        summary: 'Install a library, so that pipelines may use its operators',
        description: 'Takes a third of a CU of Stream Designing.',
        params,
        response: responses({ 200: list }, 409),
      },
    },
    async (request) => {
      const { orgId, library } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      await installLibrary(deps, { orgId, library, actor });
      return { items: (await listLibraries(deps, orgId)).map(shown) };
    },
  );
  void app.delete(
    ONE,
    {
      config: { permission: 'pipelines.design' },
      schema: {
        ...base,
        summary: 'Uninstall a library that no pipeline needs',
        params,
        response: responses({ 204: Type.Null({ description: 'Done.' }) }, 409),
      },
    },
    async (request, reply) => {
      const { orgId, library } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      await uninstallLibrary(deps, { orgId, library, actor });
      return reply.code(204).send(null);
    },
  );
};

const registerReading = (app: ApiInstance, deps: LibraryDeps): void => {
  void app.get(
    PATH,
    {
      config: { permission: 'organization.read' },
      schema: {
        ...base,
        summary: 'Operator libraries with their operators, and which of them are installed',
        description: 'The operators of the base library are in none of them: pipelines may always use those.',
        params: orgParams,
        response: responses({ 200: list }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      return { items: (await listLibraries(deps, orgId)).map(shown) };
    },
  );
  void app.get(
    `${ONE}/used-by`,
    {
      config: { permission: 'organization.read' },
      schema: {
        ...base,
        summary: 'Stages whose operators no other installed library has, 200 at most',
        params,
        response: responses({ 200: Type.Object({ items: Type.Array(userSchema) }) }),
      },
    },
    async (request) => {
      const { orgId, library } = request.params;
      requireOrganizationAccess(request, orgId);
      return { items: [...(await usersOfLibrary(deps, { orgId, library }))] };
    },
  );
};

/** As the API's types want it. */
const shown = (view: LibraryView) => ({ ...view, operators: view.operators.map((operator) => ({ ...operator })) });
