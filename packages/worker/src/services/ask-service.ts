import { isJsonObject, messageOf, type RunSpec, readAssetsReply, readReferenceReply } from '@penstock/model';
import { postJson } from '../control/post-json.ts';
import { ServiceAddresses } from '../control/service-addresses.ts';
import type { AskForAssets } from './run-assets.ts';
import type { AskForReference } from './run-references.ts';

const TIMEOUT_MS = 15_000;
/** The service ends its replies with assets at a quarter of it, and refuses reference data that would be longer. */
const MAX_REPLY_CHARS = 16 * 1024 * 1024;

/** What the tasks of a run ask, of whichever instance of the service answers first, with the token of the run. */
export const askService = ({
  runId,
  control,
}: Pick<RunSpec, 'runId' | 'control'>): { readonly assets: AskForAssets; readonly reference: AskForReference } => {
  const addresses = new ServiceAddresses(control);
  const asking =
    <Request, Reply>(what: string, read: (given: unknown) => Reply) =>
    async (request: Request): Promise<Reply> => {
      const path = `/internal/v1/runs/${encodeURIComponent(runId)}/${what}`;
      const json = JSON.stringify(request);
      let trouble = 'no address of the service is known';
      const reply = await addresses.firstOf(async (url): Promise<{ readonly reply: Reply } | undefined> => {
        try {
          const { status, body } = await postJson(url + path, control.token, json, TIMEOUT_MS, MAX_REPLY_CHARS);
          if (status === 200) return { reply: read(JSON.parse(body)) };
          trouble = `the service answered with status ${status}${reasonIn(body)}`;
        } catch (error) {
          trouble = messageOf(error);
        }
        return undefined;
      });
      if (reply === undefined) throw new Error(trouble);
      return reply.reply;
    };
  return {
    assets: asking('assets', readAssetsReply),
    reference: asking('references', readReferenceReply),
  };
};

/** What the service says of a refusal, where it is the service that says it. */
const reasonIn = (body: string): string => {
  try {
    const problem: unknown = JSON.parse(body);
    return isJsonObject(problem) && typeof problem.message === 'string' ? `: ${problem.message.slice(0, 300)}` : '';
  } catch {
    // A proxy's page, for example.
    return '';
  }
};
