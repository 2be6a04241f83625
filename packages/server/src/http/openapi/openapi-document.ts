import { pino } from 'pino';
import { type AppServices, buildApp } from '../app.ts';

/** Services of which nothing is there: registering a route touches none of them. */
export const absentServices = (): AppServices => {
  const absent = {} as never;
  return {
    authenticate: absent,
    enos: absent,
    heartbeats: absent,
    organizations: absent,
    people: { hosts: [] } as never,
    libraries: absent,
    resources: absent,
    queueTopics: absent,
    topicRecords: absent,
    pipelines: absent,
    snapshots: absent,
    logs: absent,
    design: absent,
    deadLetters: absent,
    alarms: absent,
    connections: absent,
    events: absent,
    system: absent,
    metrics: absent,
    readiness: {},
    bodyBytes: 1,
    tokenLimits: { failuresPerKey: 1, perAddress: 1 },
    logger: pino({ level: 'silent' }),
  };
};

/** The OpenAPI document, made from the routes themselves. Nothing is served. */
export const buildOpenApiDocument = async (): Promise<unknown> => {
  const app = await buildApp(absentServices());
  try {
    return app.swagger();
  } finally {
    await app.close();
  }
};

/** Key order and indentation as committed. */
export const openApiText = async (): Promise<string> =>
  `${JSON.stringify(await buildOpenApiDocument(), undefined, 2)}\n`;
