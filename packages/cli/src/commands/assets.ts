import { resultOf } from '@penstock/client';
import { type Command, Option } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { readDocument, readInput } from '../input-file.ts';
import { printFacts, printJson, printTable } from '../output.ts';
import { allItems, itemsUpTo } from '../pages.ts';

const ROOT = '/api/v1/organizations/{orgId}';
const ASSETS = `${ROOT}/assets` as const;
const CSV_KINDS = ['assets', 'models', 'points', 'nodes'] as const;
type CsvKind = (typeof CSV_KINDS)[number];

/** What an organisation measures: models, assets, trees. */
export const addAssetCommands = (program: Command, surroundings: Surroundings): void => {
  const assets = program.command('assets').description('models, assets and trees of an organisation');

  assets
    .command('import')
    .description(
      'take in a file of models, assets and trees (JSON), or of rows of one kind (CSV): all of it or nothing',
    )
    .argument('<file>', 'JSON or CSV; - for standard input')
    .addOption(new Option('--kind <kind>', 'what the rows of a CSV file are').choices(CSV_KINDS))
    .option('--dry-run', 'only say what would become of it')
    .action(async (file: string, flags: { kind?: CsvKind; dryRun?: boolean }, command: Command) => {
      const context = contextOf(surroundings, command);
      if (flags.kind === undefined && /\.[ct]sv$/i.test(file))
        throw usageFailure(`What are the rows of ${file}? Give --kind ${CSV_KINDS.join('|')}.`);
      const path = { orgId: await context.orgId() };
      const dryRun = flags.dryRun === true;
      const { api } = context.client;
      const outcome = await resultOf(
        flags.kind === undefined
          ? api.POST(`${ASSETS}/import`, {
              params: { path, query: { dryRun } },
              body: await readDocument(context.cwd, file),
            })
          : api.POST(`${ASSETS}/import-csv`, {
              params: { path, query: { dryRun, kind: flags.kind } },
              headers: { 'content-type': 'text/csv' },
              body: await readInput(context.cwd, file),
              bodySerializer: (text: string) => text,
            }),
      );
      if (context.json) return printJson(context.output, outcome);
      const rows = (['models', 'assets', 'trees', 'nodes'] as const).map((kind) => ({ kind, ...outcome[kind] }));
      printTable(
        context.output,
        [
          { title: dryRun ? 'WOULD BE' : 'WHAT', value: ({ kind }) => kind },
          { title: 'CREATED', value: ({ created }) => String(created), align: 'right' },
          { title: 'CHANGED', value: ({ changed }) => String(changed), align: 'right' },
          { title: 'AS THEY WERE', value: ({ unchanged }) => String(unchanged), align: 'right' },
          { title: 'REMOVED', value: ({ removed }) => String(removed), align: 'right' },
        ],
        rows,
        '',
      );
    });

  assets
    .command('status')
    .description('how much there is, and in which revision')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const store = await resultOf(context.client.api.GET(`${ROOT}/asset-store`, { params: { path } }));
      if (context.json) return printJson(context.output, store);
      const { revision, models, points, assets: number, trees, nodes } = store;
      printFacts(context.output, {
        Revision: revision,
        Models: models,
        Points: points,
        Assets: number,
        Trees: trees,
        Places: nodes,
      });
    });

  assets
    .command('list')
    .description('list or look for assets, by id')
    .option('--text <words>', 'what begins words of id, name, label or tags')
    .option('--tag <key::value...>', 'those that have all of these tags')
    .option('--model <modelId>', 'of this model, or one that inherits from it')
    .option('--tree <treeId>', 'with a place in this tree')
    .option('--limit <n>', 'at most', '50')
    .action(
      async (
        flags: { text?: string; tag?: string[]; model?: string; tree?: string; limit: string },
        command: Command,
      ) => {
        const context = contextOf(surroundings, command);
        const path = { orgId: await context.orgId() };
        const limit = Number(flags.limit);
        if (!Number.isInteger(limit) || limit < 1) throw usageFailure('--limit must be a whole number from 1.');
        const search = {
          heirs: true,
          ...(flags.text === undefined ? {} : { text: flags.text }),
          ...(flags.tag === undefined ? {} : { tag: flags.tag.join(',') }),
          ...(flags.model === undefined ? {} : { model: flags.model }),
          ...(flags.tree === undefined ? {} : { tree: flags.tree }),
        };
        const { items, hasMore } = await itemsUpTo(limit, (query) =>
          resultOf(context.client.api.GET(ASSETS, { params: { path, query: { ...query, ...search } } })),
        );
        if (context.json) return printJson(context.output, items);
        printTable(
          context.output,
          [
            { title: 'ID', value: ({ assetId }) => assetId },
            { title: 'MODEL', value: ({ modelIdPath }) => modelIdPath },
            { title: 'NAME', value: ({ name }) => name },
            { title: 'TAGS', value: ({ tags }) => tagText(tags) },
          ],
          items,
          'No assets: penstock assets import FILE',
        );
        if (hasMore) context.output.write('There are more: give --limit, or look for less.\n');
      },
    );

  assets
    .command('models')
    .description('list models, with the line they inherit from')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const items = await allItems((query) =>
        resultOf(context.client.api.GET(`${ROOT}/asset-models`, { params: { path, query } })),
      );
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'MODEL', value: ({ modelIdPath }) => modelIdPath },
          { title: 'NAME', value: ({ name }) => name },
          { title: 'OWN POINTS', value: ({ ownPoints }) => String(ownPoints), align: 'right' },
          { title: 'TAGS', value: ({ tags }) => tagText(tags) },
        ],
        items,
        'No models: penstock assets import FILE',
      );
    });

  assets
    .command('get')
    .description('show an asset with its places in trees')
    .argument('<assetId>')
    .action(async (assetId: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), assetId };
      const asset = await resultOf(context.client.api.GET(`${ASSETS}/{assetId}`, { params: { path } }));
      printJson(context.output, asset);
    });
};

const tagText = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}::${value}`)
    .join(', ');
