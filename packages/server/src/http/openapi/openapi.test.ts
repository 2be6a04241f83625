import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildOpenApiDocument } from './openapi-document.ts';

interface Operation {
  readonly summary?: string;
  readonly responses: Record<string, { description: string; content?: Record<string, { schema?: object }> }>;
}

test('every operation of the own API is described, with every response it may give', async () => {
  const { paths } = (await buildOpenApiDocument()) as { paths: Record<string, Record<string, Operation>> };
  const own = Object.entries(paths).filter(([path]) => path.startsWith('/api/v1/'));
  const poor = own.flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { summary, responses }]) => {
      const isDeclared = ['400', '401', '403', '404', '500'].every(
        (status) => responses[status]?.content !== undefined,
      );
      return summary !== undefined && isDeclared && '200 201 204'.split(' ').some((status) => status in responses)
        ? []
        : [`${method} ${path}`];
    }),
  );
  assert.deepEqual(poor, []);
  assert.ok(own.length >= 20);
});
