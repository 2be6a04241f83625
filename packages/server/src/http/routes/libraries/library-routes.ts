import type { JsonObject } from '@penstock/model';
import { Type } from 'typebox';
import { actorOf } from '../../../auth/caller.ts';
import { installOwnLibrary, type OwnLibraryDeps } from '../../../libraries/install-own-library.ts';
import {
  installLibrary,
  type LibraryDeps,
  type LibraryView,
  listLibraries,
  uninstallLibrary,
  usersOfLibrary,
} from '../../../libraries/libraries.ts';
import { readPackage } from '../../../libraries/own-library-store.ts';
import type { DocumentUser } from '../../../use-case/document-users.ts';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { refusePreview } from '../../plugins/preview-errors.ts';
import { bearer, nullable, orgParams, responses, text, time } from '../../plugins/schemas.ts';

const base = { tags: ['Libraries'], security: bearer };
const PATH = '/organizations/:orgId/libraries';
const ONE = `${PATH}/:library` as const;
const params = Type.Object({ ...orgParams.properties, library: Type.String({ minLength: 1, maxLength: 64 }) });

const librarySchema = nameSchema(
  'Library',
  Type.Object({
    library: text('Its version, by which it goes; of the organisation’s own name@version'),
    isRecommended: Type.Boolean({ description: 'The newest; new organisations have it.' }),
    isOwn: Type.Boolean({ description: 'The organisation’s own, installed by its package; it goes by name@version.' }),
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
export const registerLibraryRoutes = (
  app: ApiInstance,
  deps: OwnLibraryDeps & { readonly bodyBytes: number },
): void => {
  registerReading(app, deps);
  registerPackages(app, deps);
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

const packageSchema = Type.Unsafe<JsonObject>({
  type: 'object',
  additionalProperties: true,
  description: 'The package of a library: docs/own-operators.md says what it holds.',
});

/** Libraries of an organisation's own, which come as packages. */
const registerPackages = (app: ApiInstance, deps: OwnLibraryDeps & { readonly bodyBytes: number }): void => {
  void app.post(
    PATH,
    {
      config: { permission: 'pipelines.design' },
      bodyLimit: deps.bodyBytes,
      schema: {
        ...base,
        summary: 'Install a library of the organisation’s own by its package',
        description:
          'The package is checked as a whole and its cases are run in the sandbox: the answer has everything that is wrong, with JSON Pointers into it. What is installed never changes; the same package again changes nothing. Takes a third of a CU of Stream Designing.',
        params: orgParams,
        body: packageSchema,
        response: responses(
          {
            200: Type.Object({
              library: text('name@version, by which documents name it'),
              items: Type.Array(librarySchema),
            }),
          },
          409,
          413,
          422,
          429,
        ),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      const library = await installOwnLibrary(deps, { orgId, actor, package: request.body }).catch(refusePreview);
      return { library, items: (await listLibraries(deps, orgId)).map(shown) };
    },
  );
  void app.get(
    `${ONE}/package`,
    {
      config: { permission: 'organization.read' },
      schema: {
        ...base,
        summary: 'The package of a library of the organisation’s own, as it was installed',
        params,
        response: responses({ 200: packageSchema }),
      },
    },
    async (request) => {
      const { orgId, library } = request.params;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      const held: JsonObject = JSON.parse(await readPackage(deps.store.db, orgId, library));
      return held;
    },
  );
};

/** As the API's types want it. */
const shown = (view: LibraryView) => ({ ...view, operators: view.operators.map((operator) => ({ ...operator })) });
