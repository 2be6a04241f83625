import { createServer, type Server } from 'node:http';
import type { JsonObject } from '@penstock/model';
import { FARM_ID } from './farm-assets.ts';

/** What the grid would have emitted for a kWh that the farm has made, in kg. */
export const EMISSION_FACTOR = 0.581;

/** The answer to a request, as an asset service of EnOS gives it: a code beside the data. */
export interface AssetAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

/** What the asset service says to `GET /assets/{assetId}?orgId=…`; `url` is path and query, or all of it. */
export const assetAnswer = (url: string): AssetAnswer => {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const assetId = /^\/assets\/([^/]+)$/.exec(pathname)?.[1];
  if (assetId === undefined)
    return { status: 404, body: { code: 404, msg: 'There is nothing but /assets/{assetId}.' } };
  if (!searchParams.has('orgId')) return { status: 400, body: { code: 400, msg: 'orgId is missing.' } };
  if (assetId !== FARM_ID) return { status: 404, body: { code: 404, msg: 'There is no such asset.' } };
  const data = { assetId, name: 'Demo wind farm', attributes: { emissionFactor: EMISSION_FACTOR } };
  return { status: 200, body: { code: 0, msg: 'OK', data } };
};

/** Listens on the loopback address alone; rejects where the port is taken. */
export const startAssetService = (port: number): Promise<Server> => {
  const server = createServer((request, response) => {
    const { status, body } = assetAnswer(request.url ?? '/');
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
};
