import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '@penstock/model';
import { wholeNumber } from './bench-options.ts';
import { detailsOf, lineOf } from './chaos/chaos-report.ts';
import type { ChaosMode } from './chaos/chaos-world.ts';
import { isFlawless, runChaos } from './chaos/run-chaos.ts';
import { SCENARIO_NAMES, type ScenarioName } from './chaos/scenarios.ts';

/** `npm run chaos`: kills at random while counted input flows, then compares every output record with a reference. */

const USAGE = `npm run chaos -- [options]
  --mode MODE         standalone (default) or cluster: on a YARN of two nodes of its own
  --pipeline NAME     stateful (default): state of every kind; wide: several sources, a clock, look-ups, batches
  --kills N           how many processes to kill (default 20)
  --seed N            decides input, moments and victims (default 1)
  --rate N            input records per second, of all sources together (default 600)
  --json              print one object and nothing else on standard output`;

const MODES: readonly ChaosMode[] = ['standalone', 'cluster'];

interface ChaosOptions {
  readonly mode: ChaosMode;
  readonly pipeline: ScenarioName;
  readonly kills: number;
  readonly seed: number;
  readonly recordsPerSecond: number;
  readonly json: boolean;
}

/** Undefined: help is asked for. */
const parse = (args: string[]): ChaosOptions | undefined => {
  const { values } = parseArgs({
    args,
    options: {
      mode: { type: 'string', default: 'standalone' },
      pipeline: { type: 'string', default: 'stateful' },
      kills: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      rate: { type: 'string', default: '600' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const mode = MODES.find((known) => known === values.mode);
  if (mode === undefined) throw new Error(`Unknown mode "${values.mode}": choose one of ${MODES.join(', ')}.`);
  const pipeline = SCENARIO_NAMES.find((known) => known === values.pipeline);
  if (pipeline === undefined)
    throw new Error(`Unknown pipeline "${values.pipeline}": choose one of ${SCENARIO_NAMES.join(', ')}.`);
  return {
    mode,
    pipeline,
    kills: wholeNumber('kills', values.kills, 0, 10_000),
    seed: wholeNumber('seed', values.seed, 0, 4_294_967_295),
    recordsPerSecond: wholeNumber('rate', values.rate, 1, 20_000),
    json: values.json,
  };
};

const progress = (line: string): void => console.error(`chaos: ${line}`);

const howToLook = (folder: string): string =>
  `The data is kept in ${folder}: service.log is the service's log, service/runs/*/ holds the logs of workers and ` +
  'submissions, kafka/kafka.log is that of the broker, and a broker started on kafka/ has all topics; ' +
  'yarn/ has the logs of ResourceManager, nodes and containers.';

const main = async (options: ChaosOptions): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-chaos-'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  try {
    const result = await runChaos({ ...options, folder, onProgress: progress });
    for (const example of result.examples) progress(example);
    for (const line of detailsOf(result)) progress(line);
    const isGood = isFlawless(result);
    if (isGood) rmSync(folder, { recursive: true, force: true });
    else progress(howToLook(folder));
    console.log(options.json ? JSON.stringify(result, null, 2) : lineOf(result));
    return isGood ? 0 : 1;
  } catch (error) {
    progress(`could not be carried out: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    progress(howToLook(folder));
    return 1;
  }
};

const options = (() => {
  try {
    return parse(process.argv.slice(2));
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${USAGE}`);
    process.exit(2);
  }
})();
if (options === undefined) console.log(USAGE);
else process.exit(await main(options));
