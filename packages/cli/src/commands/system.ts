import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { CommandFailure, ExitCode } from '../failure.ts';
import { printFacts, printJson, printTable, timeText } from '../output.ts';

/** More than this between the clocks of a machine and of the database is worth a word. */
const CLOCK_WARN_MS = 2000;

const agoText = (ms: number | null): string => (ms === null ? '-' : `${Math.round(ms / 1000)} s ago`);

/** How the installation stands, and where its database is at home. */
export const addSystemCommands = (program: Command, surroundings: Surroundings): void => {
  program
    .command('doctor')
    .description(
      'check the installation: database, Kafka, YARN, instances, clocks, site, and the bound of everything that grows (administrator)',
    )
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const { api } = context.adminClient;
      const system = await resultOf(api.GET('/api/v1/system'));
      const { items: instances } = await resultOf(api.GET('/api/v1/instances'));
      const ready = await fetch(`${context.settings.baseUrl}/readyz`, { signal: context.signal });
      const readiness: unknown = await ready.json();
      if (context.json) printJson(context.output, { ...system, instances, readiness });
      const offsetMs = system.database.machineNow - system.database.now;
      const { signInProvider: provider } = system;
      const troubles = [
        ...(ready.status === 200 ? [] : [`not ready: ${JSON.stringify(readiness)}`]),
        ...(system.site.isOwn ? [] : ['the database was made elsewhere: nothing is supervised until "penstock adopt"']),
        ...(Math.abs(offsetMs) > CLOCK_WARN_MS
          ? [`the clock of the machine is ${offsetMs} ms off that of the database (runs go by the database's)`]
          : []),
        ...system.reachability.flatMap(({ name, isReachable, error }) =>
          isReachable === false ? [`${name} cannot be reached: ${error?.code}: ${error?.message}`] : [],
        ),
        ...instances
          .filter(({ isAlive, version }) => isAlive && version !== system.version)
          .map(
            ({ host, version }) => `the instance on ${host} is of version ${version}, this one of ${system.version}`,
          ),
        ...instances
          .filter(({ isAlive, clockOffsetMs }) => isAlive && Math.abs(clockOffsetMs) > CLOCK_WARN_MS)
          .filter(({ isSelf }) => !isSelf)
          .map(({ host, clockOffsetMs }) => `the clock of ${host} is ${clockOffsetMs} ms off that of the database`),
        ...(provider === null || provider.trouble === null
          ? []
          : [`nobody can sign in at ${provider.issuer}: ${provider.trouble}`]),
      ];
      if (!context.json) {
        printFacts(context.output, {
          Instance: system.instanceId,
          Version: system.version,
          Node: system.node,
          Memory: `${system.residentMb} MB`,
          Supervises: system.supervises ? 'yes' : 'no',
          Site: `${system.site.name ?? '(no name)'}, ${system.site.storage}`,
          Database: `${system.database.kind}, schema ${system.database.migration ?? 'unknown'}`,
          'Clock offset': `${offsetMs} ms`,
          ...(provider === null ? {} : { 'Sign-in provider': provider.issuer }),
        });
        context.output.write('\n');
        printTable(
          context.output,
          [
            { title: 'DEPENDS ON', value: (row) => row.name },
            { title: 'REACHED', value: ({ isReachable }) => (isReachable === null ? '-' : isReachable ? 'yes' : 'no') },
            { title: 'LOOKED', align: 'right', value: ({ ageMs }) => agoText(ageMs) },
            { title: 'TOOK', align: 'right', value: ({ tookMs }) => (tookMs === null ? '-' : `${tookMs} ms`) },
            { title: 'ERROR', value: ({ error }) => error?.code ?? '-' },
          ],
          system.reachability,
          '',
        );
        context.output.write('\n');
        printTable(
          context.output,
          [
            { title: 'INSTANCE', value: ({ host, isSelf }) => (isSelf ? `${host} (this one)` : host) },
            { title: 'ALIVE', value: ({ isAlive }) => (isAlive ? 'yes' : 'no') },
            { title: 'VERSION', value: ({ version }) => version },
            { title: 'SINCE', value: ({ startedAt }) => timeText(startedAt) },
            { title: 'HEARD', align: 'right', value: ({ ageMs }) => agoText(ageMs) },
            { title: 'SUPERVISES', value: ({ supervises }) => (supervises ? 'yes' : 'no') },
          ],
          instances,
          'No instance has shown a sign of life yet.',
        );
        context.output.write('\n');
        printTable(
          context.output,
          [
            { title: 'WHAT GROWS', value: (row) => row.name },
            { title: 'ROWS', align: 'right', value: (row) => (row.rows === null ? '-' : String(row.rows)) },
            { title: 'BYTES', align: 'right', value: (row) => (row.bytes === null ? '-' : String(row.bytes)) },
            { title: 'BOUND', value: (row) => `${row.what}: ${row.bound}` },
          ],
          system.growth,
          '',
        );
      }
      if (troubles.length > 0) throw new CommandFailure(ExitCode.Failed, troubles.join('\n'));
      if (!context.json) context.output.write('\nAll is well.\n');
    });

  program
    .command('adopt')
    .description('say that this is the place of a database that was restored or moved: its runs are looked after again')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const site = await resultOf(context.adminClient.api.POST('/api/v1/system/adopt'));
      if (context.json) return printJson(context.output, site);
      context.output.write(`The database belongs here now (${site.storage}).\n`);
    });
};
