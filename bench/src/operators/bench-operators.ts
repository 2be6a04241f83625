import { randomUUID } from 'node:crypto';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { OperatorDefinition } from '@penstock/engine';
import { createTopicAdmin } from '@penstock/kafka';
import type { JsonObject } from '@penstock/model';
import { operators } from '@penstock/operators';
import { wholeNumber } from '../bench-options.ts';
import type { BenchRun } from '../measure/bench-run.ts';
import { measureOperator, type OperatorOrder } from './measure-operator.ts';
import { type BenchCase, benchCases } from './operator-case.ts';
import { askingAt, type BenchStage, operatorDocument } from './operator-document.ts';
import type { OperatorReport, OperatorRow } from './operator-row.ts';
import { LATENCY_MS, OperatorServices } from './operator-services.ts';
import { publishedPerCu } from './published.ts';
import { idsIn, Replicas, replicatedStore } from './replicas.ts';
import { writeOperatorInput } from './write-operator-input.ts';

export const OPERATORS_USAGE = `npm run bench -- operators [options]
  --only ID           this operator alone, by its folder; may be given several times
  --records N         records for each (default 300000)
  --assets N          how often the assets of a case are there (default 500)
  --json              print a report as JSON and nothing else on standard output
  --page FILE         measure nothing: make the page of the documentation of such a report`;

export interface OperatorsOptions {
  readonly only: readonly string[];
  readonly records: number;
  readonly assets: number;
  readonly json: boolean;
  readonly page: string | undefined;
}

/** Throws an Error with one sentence for people where the arguments are not valid; \`args\` without the word itself. */
export const parseOperatorsOptions = (args: readonly string[]): OperatorsOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      records: { type: 'string', default: '300000' },
      assets: { type: 'string', default: '500' },
      json: { type: 'boolean', default: false },
      page: { type: 'string' },
    },
  });
  const unknown = values.only.find((id) => !operators.some((definition) => definition.id === id));
  if (unknown !== undefined) throw new Error(`There is no operator "${unknown}": name the folder of one.`);
  return {
    only: values.only,
    records: wholeNumber('records', values.records, 1, 100_000_000),
    assets: wholeNumber('assets', values.assets, 1, 100_000),
    json: values.json,
    page: values.page,
  };
};

const LIBRARY = fileURLToPath(new URL('../../../packages/operators/src/library', import.meta.url));

/** Measures one operator after the other; one that fails is a row that says so. */
export const benchOperators = async (
  run: Omit<BenchRun, 'data' | 'input'>,
  { only, records, assets }: Pick<OperatorsOptions, 'only' | 'records' | 'assets'>,
): Promise<OperatorReport> => {
  const cases = await benchCases(LIBRARY, operators);
  const services = await OperatorServices.start(join(run.folder, 'endpoints.json'), randomUUID());
  const rows: OperatorRow[] = [];
  try {
    for (const definition of operators.filter(({ id }) => only.length === 0 || only.includes(id))) {
      run.onProgress(`measuring ${definition.id}`);
      rows.push(await measureOne(run, services, definition, cases.get(definition.id), { records, assets }));
    }
  } finally {
    await services.close();
  }
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores of ${cpu?.model.trim() ?? 'an unknown processor'}`,
    recordsEach: records,
    assets,
    latencyMs: LATENCY_MS,
    rows,
  };
};

/** What is measured of a source or a target: reading alone, or reading and writing. */
const PLAIN: BenchCase = {
  title: 'records as they are',
  config: {},
  lanes: [],
  beside: [],
  store: {},
  references: {},
  answer: undefined,
  records: [
    {
      ...{ orgId: 'o1', modelId: 'turbine', modelIdPath: '/turbine', assetId: 't1', pointId: 'power', time: 1000 },
      ...{ value: 1.5, quality: 0, attr: {} },
    },
  ],
};
const IN_EVERY_PIPELINE: readonly string[] = ['edh-kafka-consumer', 'edh-kafka-producer', 'trash'];

const notMeasured = ({ id, kind, connections = {} }: OperatorDefinition): string | undefined => {
  if (kind === 'processor' || IN_EVERY_PIPELINE.includes(id)) return undefined;
  if (Object.keys(connections).length > 0) return 'writes to a system outside of Kafka';
  return 'has no input: it makes what its configuration says, when that says it';
};

const measureOne = async (
  run: Omit<BenchRun, 'data' | 'input'>,
  services: OperatorServices,
  definition: OperatorDefinition,
  found: BenchCase | undefined,
  size: { readonly records: number; readonly assets: number },
): Promise<OperatorRow> => {
  const { id, label } = definition;
  const published = publishedPerCu(id) ?? null;
  const empty = {
    recordsPerSecondPerCore: null,
    recordsPerSecond: null,
    published,
    ratio: null,
    records: 0,
    output: 0,
  };
  const nothing = { operator: id, label, case: null, ...empty, problems: [] };
  const one = definition.kind === 'processor' ? found : PLAIN;
  const reason = notMeasured(definition) ?? (one === undefined ? 'has no case to measure it with' : undefined);
  if (one === undefined || reason !== undefined) return { ...nothing, reason: reason ?? '', verified: true };
  if (one.records.length === 0)
    return { ...nothing, verified: false, problems: ['no record of its case is worked on'] };
  const input = `bench-operator-${id}`;
  try {
    const pattern = new Replicas(one.records, idsIn(one.store));
    const records = await writeOperatorInput(run.client, input, pattern, {
      replicas: size.assets,
      records: size.records,
    });
    services.begin({
      store: replicatedStore(one.store, size.assets),
      references: one.references,
      answer: one.answer ?? '{}',
    });
    const figures = await measureOperator(run, services, orderOf(definition, one, input, records, services.baseUrl));
    const { recordsPerSecondPerCore, recordsPerSecond, output, problems } = figures;
    const ratio = published === null ? null : Number((recordsPerSecondPerCore / published).toPrecision(3));
    return {
      ...{ operator: id, label, case: one.title, records, output, recordsPerSecondPerCore, recordsPerSecond },
      ...{ published, ratio, verified: problems.length === 0, problems },
    };
  } catch (error) {
    return {
      ...nothing,
      case: one.title,
      verified: false,
      problems: [error instanceof Error ? error.message : String(error)],
    };
  } finally {
    await createTopicAdmin(run.client).deleteTopics([input]);
  }
};

const orderOf = (
  definition: OperatorDefinition,
  one: BenchCase,
  input: string,
  records: number,
  baseUrl: string,
): OperatorOrder => {
  const stageOf = (
    of: OperatorDefinition,
    config: JsonObject,
    lanes: readonly string[],
    isWritten: boolean,
  ): BenchStage => ({
    definition: of,
    config: askingAt(config, baseUrl),
    lanes,
    isWritten,
  });
  const stages =
    definition.kind === 'processor'
      ? [
          ...one.beside.map(({ operator, config }) => stageOf(operatorOf(operator), config, ['out'], false)),
          stageOf(definition, one.config, one.lanes, true),
        ]
      : [];
  const isWritten = definition.id === 'edh-kafka-producer';
  return {
    id: definition.id,
    input,
    records,
    document: (output) => operatorDocument(input, output, stages, isWritten),
    hasErrors: false,
  };
};

const operatorOf = (id: string): OperatorDefinition => {
  const found = operators.find((definition) => definition.id === id);
  if (found === undefined) throw new Error(`A case names an operator "${id}", which is none.`);
  return found;
};
