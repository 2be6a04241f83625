import { Command } from 'commander';
import { addAlarmCommands } from './commands/alarms.ts';
import { addAssetCommands } from './commands/assets.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addCodeCommands } from './commands/code.ts';
import { addConnectionCommands } from './commands/connections.ts';
import { addDeadLetterCommands } from './commands/dead-letters.ts';
import { addEventsCommand } from './commands/events.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addGrantCommands } from './commands/grants.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addLibraryCommands } from './commands/libraries.ts';
import { addLogsCommand } from './commands/logs.ts';
import { addMemberCommands } from './commands/members.ts';
import { addOperatorsCommand } from './commands/operators.ts';
import { addOrganizationCommands } from './commands/organizations.ts';
import { addPipelineCommands } from './commands/pipelines.ts';
import { addReceiverCommands } from './commands/receivers.ts';
import { addSnapshotCommand } from './commands/snapshot.ts';
import { addStatusCommand } from './commands/status.ts';
import { addSystemCommands } from './commands/system.ts';
import { addTopicCommands } from './commands/topics.ts';
import { addUserCommands } from './commands/users.ts';
import type { Surroundings } from './context.ts';

const AFTER_HELP = `
Settings come from flags, then from the environment (PENSTOCK_URL, PENSTOCK_ORG, PENSTOCK_ADMIN_TOKEN,
PENSTOCK_ACCESS_KEY, PENSTOCK_SECRET_KEY; PENSTOCK_ADMIN_TOKEN_FILE and PENSTOCK_SECRET_KEY_FILE name files, which
show in no list of processes), then from the local installation in PENSTOCK_DATA (.penstock).

On the machine of the service, with its settings: penstock serve, backup FILE, restore FILE, migrate [--check],
forget-secrets.

Exit codes: 0 done, 1 refused or failed or not valid, 2 wrong command line or settings, 3 no answer.
`;

/** The whole command, ready to parse arguments. Throws what commands throw, and `CommanderError`. */
export const createProgram = (surroundings: Surroundings): Command => {
  const program = new Command('penstock')
    .description('Operate a Penstock installation')
    .option('--url <url>', 'address of the service')
    .option('--org <orgId>', 'the organisation to act for')
    .option(
      '--admin-token <token>',
      "the administrator's token (shows in lists of processes: rather set PENSTOCK_ADMIN_TOKEN_FILE)",
    )
    .option('--access-key <key>', 'access key of an organisation')
    .option('--secret-key <key>', 'its secret key (rather set PENSTOCK_SECRET_KEY_FILE)')
    .option('--data <dir>', 'data folder of a local installation')
    .option('--json', 'print JSON instead of text')
    .showHelpAfterError('(penstock --help lists the commands)')
    .addHelpText('after', AFTER_HELP)
    .exitOverride()
    .configureOutput({ writeOut: (text) => surroundings.output.write(text) });
  addStatusCommand(program, surroundings);
  addCodeCommands(program, surroundings);
  addSystemCommands(program, surroundings);
  addPipelineCommands(program, surroundings);
  addSnapshotCommand(program, surroundings);
  addConnectionCommands(program, surroundings);
  addDeadLetterCommands(program, surroundings);
  addEventsCommand(program, surroundings);
  addExplainCommand(program, surroundings);
  addAlarmCommands(program, surroundings);
  addReceiverCommands(program, surroundings);
  addAssetCommands(program, surroundings);
  addLibraryCommands(program, surroundings);
  addLogsCommand(program, surroundings);
  addOperatorsCommand(program, surroundings);
  addOrganizationCommands(program, surroundings);
  addUserCommands(program, surroundings);
  addMemberCommands(program, surroundings);
  addKeyCommands(program, surroundings);
  addGrantCommands(program, surroundings);
  addTopicCommands(program, surroundings);
  addAuditCommand(program, surroundings);
  return program;
};
