import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { readAlarmFilters } from '../api/filters/alarm-filters.ts';
import { readAssetFilters } from '../api/filters/asset-filters.ts';
import { readLetter, readLetterFilters } from '../api/filters/letter-filters.ts';
import { readPipelineFilters } from '../api/filters/pipeline-filters.ts';
import { readTopicLook, readTriedRecord } from '../api/filters/topic-filters.ts';
import { readRunSearch } from '../api/run.ts';
import { NotFound } from '../kit/not-found.tsx';
import { SignInPage } from '../pages/sign-in/sign-in-page.tsx';
import { Home } from './home.tsx';
import { PageFailed } from './page-failed.tsx';
import { SessionGate } from './session-gate.tsx';
import { Shell } from './shell.tsx';

const LostPage = () => (
  <main>
    <NotFound />
  </main>
);

const root = createRootRoute({ component: SessionGate, notFoundComponent: LostPage });

const home = createRoute({ getParentRoute: () => root, path: '/', component: Home });

const signInRoute = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: SignInPage,
  validateSearch: (search: Record<string, unknown>): { problem?: string } =>
    typeof search.problem === 'string' ? { problem: search.problem } : {},
});

const organization = createRoute({ getParentRoute: () => root, path: '/organizations/$orgId', component: Shell });

const pipelines = createRoute({
  getParentRoute: () => organization,
  path: '/pipelines',
  validateSearch: readPipelineFilters,
  component: lazyRouteComponent(() => import('../pages/pipelines/pipelines-page.tsx'), 'PipelinesPage'),
});

const run = createRoute({
  getParentRoute: () => organization,
  path: '/pipelines/$pipelineId',
  validateSearch: readRunSearch,
  component: lazyRouteComponent(() => import('../pages/run/run-page.tsx'), 'RunPage'),
});

const design = createRoute({
  getParentRoute: () => organization,
  path: '/pipelines/$pipelineId/design',
  validateSearch: (search: Record<string, unknown>) => ({ ...readTriedRecord(search), ...readLetter(search) }),
  component: lazyRouteComponent(() => import('../pages/design/design-page.tsx'), 'DesignPage'),
});

const deadLetters = createRoute({
  getParentRoute: () => organization,
  path: '/dead-letters',
  validateSearch: readLetterFilters,
  component: lazyRouteComponent(() => import('../pages/dead-letters/dead-letters-page.tsx'), 'DeadLettersPage'),
});

const alarms = createRoute({
  getParentRoute: () => organization,
  path: '/alarms',
  validateSearch: readAlarmFilters,
  component: lazyRouteComponent(() => import('../pages/alarms/alarms-page.tsx'), 'AlarmsPage'),
});

const topics = createRoute({
  getParentRoute: () => organization,
  path: '/topics',
  validateSearch: ({ text }: Record<string, unknown>): { text?: string } =>
    (typeof text === 'string' || typeof text === 'number') && String(text) !== '' ? { text: String(text) } : {},
  component: lazyRouteComponent(() => import('../pages/topics/topics-page.tsx'), 'TopicsPage'),
});

const topic = createRoute({
  getParentRoute: () => organization,
  path: '/topics/$topic',
  validateSearch: readTopicLook,
  component: lazyRouteComponent(() => import('../pages/topics/topic-page.tsx'), 'TopicPage'),
});

const library = createRoute({
  getParentRoute: () => organization,
  path: '/library',
  validateSearch: ({ operator, text }: Record<string, unknown>): { operator?: string; text?: string } => ({
    ...(typeof operator === 'string' ? { operator } : {}),
    ...(typeof text === 'string' && text !== '' ? { text } : {}),
  }),
  component: lazyRouteComponent(() => import('../pages/library/library-page.tsx'), 'LibraryPage'),
});

const assets = createRoute({
  getParentRoute: () => organization,
  path: '/assets',
  validateSearch: readAssetFilters,
  component: lazyRouteComponent(() => import('../pages/assets/assets-page.tsx'), 'AssetsPage'),
});

const connections = createRoute({
  getParentRoute: () => organization,
  path: '/connections',
  component: lazyRouteComponent(() => import('../pages/connections/connections-page.tsx'), 'ConnectionsPage'),
});

const access = createRoute({
  getParentRoute: () => organization,
  path: '/access',
  component: lazyRouteComponent(() => import('../pages/access/access-page.tsx'), 'AccessPage'),
});

const resources = createRoute({
  getParentRoute: () => organization,
  path: '/resources',
  component: lazyRouteComponent(() => import('../pages/resources/resources-page.tsx'), 'ResourcesPage'),
});

const system = createRoute({
  getParentRoute: () => organization,
  path: '/system',
  component: lazyRouteComponent(() => import('../pages/system/system-page.tsx'), 'SystemPage'),
});

const people = createRoute({
  getParentRoute: () => organization,
  path: '/people',
  component: lazyRouteComponent(() => import('../pages/people/people-page.tsx'), 'PeoplePage'),
});

const account = createRoute({
  getParentRoute: () => organization,
  path: '/account',
  component: lazyRouteComponent(() => import('../pages/account/account-page.tsx'), 'AccountPage'),
});

const routeTree = root.addChildren([
  home,
  signInRoute,
  organization.addChildren([
    pipelines,
    run,
    design,
    deadLetters,
    alarms,
    topics,
    topic,
    assets,
    library,
    connections,
    people,
    access,
    resources,
    system,
    account,
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultErrorComponent: PageFailed,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
