import { createPenstockClient, type EnosApi, type PenstockClient, resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { usageFailure } from './failure.ts';
import type { Output } from './output.ts';
import { allItems } from './pages.ts';
import { type GlobalFlags, resolveSettings, type Settings } from './settings.ts';

/** What the surroundings of the process give a command; replaced in tests. */
export interface Surroundings {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Ends long-running commands. */
  readonly signal: AbortSignal;
}

/** What a command works with: clients for the resolved settings, and the output. */
export class CommandContext {
  readonly output: Output;
  readonly json: boolean;
  readonly signal: AbortSignal;
  readonly cwd: string;
  readonly settings: Settings;

  constructor(surroundings: Surroundings, flags: GlobalFlags) {
    this.output = surroundings.output;
    this.signal = surroundings.signal;
    this.cwd = surroundings.cwd;
    this.json = flags.json === true;
    this.settings = resolveSettings(flags, surroundings.environment, surroundings.cwd);
  }

  /** For `/api/v1`: as administrator where there is a token, else as the organisation. */
  get client(): PenstockClient {
    const { baseUrl, adminToken, keys } = this.settings;
    if (adminToken !== undefined) return createPenstockClient({ baseUrl, adminToken });
    if (keys !== undefined) return createPenstockClient({ baseUrl, ...keys });
    throw usageFailure(
      'No credentials: set PENSTOCK_ADMIN_TOKEN, or PENSTOCK_ACCESS_KEY and PENSTOCK_SECRET_KEY, or run beside the data folder of "npm start" (--data DIR).',
    );
  }

  /** For what only the administrator may do. */
  get adminClient(): PenstockClient {
    const { baseUrl, adminToken } = this.settings;
    if (adminToken !== undefined) return createPenstockClient({ baseUrl, adminToken });
    throw usageFailure('This command needs the administrator: set PENSTOCK_ADMIN_TOKEN or give --admin-token.');
  }

  /** For the EnOS calls: signed with the organisation's keys, or as administrator for it. */
  async enos(): Promise<EnosApi> {
    const { baseUrl, keys } = this.settings;
    const client = keys === undefined ? this.client : createPenstockClient({ baseUrl, ...keys });
    return client.enos(await this.orgId());
  }

  /** The organisation meant: given, or the one the access key belongs to, or the only one there is. */
  async orgId(): Promise<string> {
    if (this.settings.orgId !== undefined) return this.settings.orgId;
    const me = await resultOf(this.client.api.GET('/api/v1/me'));
    if (me.kind === 'organization') return me.orgId;
    const organizations = await this.organizations();
    const [only] = organizations;
    if (only !== undefined && organizations.length === 1) return only.orgId;
    throw usageFailure('Which organisation? Give --org (penstock orgs list shows them).');
  }

  /** All organisations; for the administrator. */
  organizations() {
    const { api } = this.adminClient;
    return allItems((query) => resultOf(api.GET('/api/v1/organizations', { params: { query }, signal: this.signal })));
  }
}

/** The context of the command that commander is running. */
export const contextOf = (surroundings: Surroundings, command: Command): CommandContext =>
  new CommandContext(surroundings, command.optsWithGlobals<GlobalFlags>());
