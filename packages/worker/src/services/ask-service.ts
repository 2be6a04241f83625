import { type AssetsReply, messageOf, type RunSpec, readAssetsReply } from '@penstock/model';
import { postJson } from '../control/post-json.ts';
import { ServiceAddresses } from '../control/service-addresses.ts';
import type { AskForAssets } from './run-assets.ts';

const TIMEOUT_MS = 15_000;
/** The service ends its replies at a quarter of it. */
const MAX_REPLY_CHARS = 16 * 1024 * 1024;

/** Asks whichever instance of the service answers first, with the token of the run. */
export const askService = ({ runId, control }: Pick<RunSpec, 'runId' | 'control'>): AskForAssets => {
  const addresses = new ServiceAddresses(control);
  const path = `/internal/v1/runs/${encodeURIComponent(runId)}/assets`;
  return async (request) => {
    const json = JSON.stringify(request);
    let trouble = 'no address of the service is known';
    const reply = await addresses.firstOf(async (url): Promise<AssetsReply | undefined> => {
      try {
        const { status, body } = await postJson(url + path, control.token, json, TIMEOUT_MS, MAX_REPLY_CHARS);
        if (status === 200) return readAssetsReply(JSON.parse(body));
        trouble = `the service answered with status ${status}`;
      } catch (error) {
        trouble = messageOf(error);
      }
      return undefined;
    });
    if (reply === undefined) throw new Error(trouble);
    return reply;
  };
};
