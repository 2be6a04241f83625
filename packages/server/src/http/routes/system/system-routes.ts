import { Type } from 'typebox';
import { actorOf } from '../../../auth/caller.ts';
import type { OidcProvider } from '../../../people/oidc/oidc-provider.ts';
import { listInstances } from '../../../presence/instances.ts';
import type { ReachWatch } from '../../../presence/reach-watch.ts';
import type { Settings } from '../../../settings/settings.ts';
import type { Site } from '../../../site/site.ts';
import { knownMigrations, lastMigrationOf } from '../../../store/migrations.ts';
import type { Store } from '../../../store/store.ts';
import { acceptedLanguage } from '../../../texts/codes-in-language.ts';
import { readGrowth } from '../../../upkeep/growth.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import { VERSION } from '../../../version.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireAdmin } from '../../plugins/caller.ts';
import { explanationSchema } from '../../plugins/explain-codes.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, nullable, responses, text, time } from '../../plugins/schemas.ts';

export interface SystemRouteDeps {
  readonly store: Store;
  readonly clock: UseCaseDeps['clock'];
  readonly instanceId: string;
  readonly site: Site;
  readonly settings: Pick<Settings, 'keep' | 'supervise'>;
  /** Where people may sign in beside here. */
  readonly provider?: OidcProvider | undefined;
  /** How it stands with what the service depends on. */
  readonly reach: ReachWatch;
  readonly wake: () => void;
}

const siteSchema = nameSchema(
  'Site',
  Type.Object({
    isOwn: Type.Boolean({ description: 'False: the database was made elsewhere, and nothing is supervised.' }),
    storage: text('What the database lies on.'),
    name: nullable(text('PENSTOCK_SITE.')),
    recordedStorage: nullable(text('What it lay on when it was made or adopted.')),
    recordedName: nullable(Type.String()),
  }),
);
const reachSchema = nameSchema(
  'Reachability',
  Type.Object({
    name: text('`database`, `kafka` or `yarn`.'),
    isReachable: nullable(Type.Boolean({ description: 'Null where nobody has looked yet.' })),
    checkedAt: nullable(time('Last look, by the clock of the machine')),
    ageMs: nullable(Type.Integer({ description: 'How long ago that was.' })),
    tookMs: nullable(Type.Integer()),
    since: nullable(time('It has been as it is since then')),
    error: nullable(
      Type.Object({
        code: Type.String(),
        params: Type.Record(Type.String(), Type.Unknown()),
        message: Type.String(),
        explanation: Type.Optional(explanationSchema),
      }),
    ),
  }),
);
const instanceSchema = nameSchema(
  'Instance',
  Type.Object({
    instanceId: Type.String(),
    isSelf: Type.Boolean({ description: 'It is the one that answers.' }),
    isAlive: Type.Boolean({ description: 'It has shown a sign of life within the last minute.' }),
    host: Type.String(),
    version: text('Version of Penstock.'),
    node: text('Version of Node.'),
    url: text('Where workers reach it.'),
    supervises: Type.Boolean({ description: 'Whether it looks after runs.' }),
    startedAt: time('Started'),
    seenAt: time('Last sign of life'),
    ageMs: Type.Integer({ description: 'How long ago that was.' }),
    clockOffsetMs: Type.Integer({ description: 'The clock of its machine less that of the database.' }),
  }),
);
const systemSchema = nameSchema(
  'System',
  Type.Object({
    instanceId: text('This service instance.'),
    version: text('Version of Penstock.'),
    node: text('Version of Node.'),
    supervises: Type.Boolean({ description: 'Whether this instance looks after runs.' }),
    residentMb: Type.Number({ description: 'Memory of this instance.' }),
    site: siteSchema,
    signInProvider: nullable(
      Type.Object({
        issuer: text('PENSTOCK_OIDC_ISSUER.'),
        trouble: nullable(text('Why nobody can sign in there, as it was when this instance last asked it.')),
      }),
    ),
    database: Type.Object({
      kind: Type.Union([Type.Literal('postgresql'), Type.Literal('embedded')]),
      now: time('Its clock'),
      machineNow: time('The clock of this machine'),
      migration: nullable(text('The last step of its schema.')),
    }),
    reachability: Type.Array(reachSchema, {
      description:
        'What this instance depends on, as it was when it last looked; Kafka and YARN where they are configured.',
    }),
    growth: Type.Array(
      Type.Object({
        name: text('Table or topic.'),
        what: Type.String(),
        bound: text('What bounds it.'),
        rows: nullable(Type.Integer()),
        bytes: nullable(Type.Integer()),
      }),
    ),
  }),
);

const base = { tags: ['Operation'], security: bearer };

/** How this installation stands, for `penstock doctor`, and the adoption of a database that came from elsewhere. */
export const registerSystemRoutes = (app: ApiInstance, deps: SystemRouteDeps): void => {
  void app.get(
    '/system',
    {
      config: { permission: 'installation.manage' },
      schema: { ...base, summary: 'How the installation stands (admin).', response: responses({ 200: systemSchema }) },
    },
    async (request, reply) => {
      requireAdmin(request);
      const { store, site, settings, provider, reach } = deps;
      void reply.header('vary', 'accept-language');
      const language = acceptedLanguage(request.headers['accept-language']) ?? 'en';
      const last = await lastMigrationOf(store.db);
      return {
        instanceId: deps.instanceId,
        version: VERSION,
        node: process.version,
        supervises: settings.supervise && site.isOwn,
        residentMb: Math.round(process.memoryUsage.rss() / 1e6),
        site: viewOf(site),
        signInProvider:
          provider === undefined ? null : { issuer: provider.settings.issuer, trouble: provider.trouble ?? null },
        database: {
          kind: store.kind,
          now: Math.round(await store.readClock()),
          machineNow: Date.now(),
          migration: knownMigrations().find(({ when }) => when === last)?.name ?? null,
        },
        reachability: reach.views.map((view) => ({
          ...view,
          ageMs: view.checkedAt === null ? null : Math.max(0, Date.now() - view.checkedAt),
          error: view.error === null ? null : { ...view.error, params: { ...view.error.params } },
        })),
        growth: [...(await readGrowth(store.db, settings.keep, language))],
      };
    },
  );
  void app.get(
    '/instances',
    {
      config: { permission: 'installation.manage' },
      schema: {
        ...base,
        summary: 'Service instances heard of within a day, the last heard of first; 200 at most (admin).',
        response: responses({ 200: Type.Object({ items: Type.Array(instanceSchema) }) }),
      },
    },
    async (request) => {
      requireAdmin(request);
      const now = deps.clock.now();
      const found = await listInstances(deps.store.db, now);
      return {
        items: found.map((instance) => ({
          ...instance,
          isSelf: instance.instanceId === deps.instanceId,
          ageMs: Math.max(0, now - instance.seenAt),
        })),
      };
    },
  );
  void app.post(
    '/system/adopt',
    {
      config: { permission: 'installation.manage' },
      schema: {
        ...base,
        summary: 'Says that this is the place of the database now, restored or moved as it may be (admin).',
        response: responses({ 200: siteSchema }),
      },
    },
    async (request) => {
      const caller = requireAdmin(request);
      await deps.site.adopt(actorOf(caller), deps.clock.now());
      deps.wake();
      return viewOf(deps.site);
    },
  );
};

const viewOf = ({ isOwn, own, recorded }: Site) => ({
  isOwn,
  storage: own.storage,
  name: own.name,
  recordedStorage: recorded?.storage ?? null,
  recordedName: recorded?.name ?? null,
});
