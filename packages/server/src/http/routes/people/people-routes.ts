import type { ApiInstance } from '../../plugins/api-instance.ts';
import { registerMemberRoutes } from './member-routes.ts';
import { registerSessionRoutes, type SessionRouteDeps } from './session-routes.ts';
import { registerUserRoutes } from './user-routes.ts';

export interface PeopleRouteDeps extends SessionRouteDeps {
  /** Names under which browsers reach this service. */
  readonly hosts: readonly string[];
}

/** Users, members and sessions, for those who are known. */
export const registerPeopleRoutes = (app: ApiInstance, deps: PeopleRouteDeps): void => {
  registerSessionRoutes(app, deps);
  registerUserRoutes(app, deps);
  registerMemberRoutes(app, deps);
};
