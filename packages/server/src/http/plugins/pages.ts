import type { FastifyRequest } from 'fastify';
import type { ApiInstance } from './api-instance.ts';

const hasConsole = (app: ApiInstance): boolean => app.hasRoute({ method: 'GET', url: '/' });

/** The console where there is one; else the page on which calls can be tried. */
export const firstPage = (app: ApiInstance): string => (hasConsole(app) ? '/' : '/docs');

/** Whether whoever asks is told on a page of the console: a browser that goes somewhere, and not a program. */
export const isForPage = (app: ApiInstance, { headers }: FastifyRequest): boolean =>
  hasConsole(app) && headers.accept?.includes('text/html') === true;

/** The page to sign in on, with what went wrong by its code. */
export const problemPage = (code: string): string => `/sign-in?problem=${encodeURIComponent(code)}`;
