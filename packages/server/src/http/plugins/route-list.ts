import type { FastifyInstance, RouteOptions } from 'fastify';

const lists = new WeakMap<FastifyInstance, RouteOptions[]>();

/** Remembers every route that is registered from here on, so that rules that hold for all of them can be checked. */
export const rememberRoutes = (app: FastifyInstance): void => {
  const routes: RouteOptions[] = [];
  lists.set(app, routes);
  app.addHook('onRoute', (route) => void routes.push(route));
};

/** All routes of an application that remembers them. */
export const routesOf = (app: FastifyInstance): readonly RouteOptions[] => lists.get(app) ?? [];
