import { ASSET_AND_POINT, defineProcessor, type KeySpec } from '@penstock/engine';
import { dataSetIn, outputPointsOf } from '../../shared/generate/data-set.ts';
import { MISSED, periodOf } from '../../shared/generate/frequency.ts';
import { PointGenerator } from '../../shared/generate/point-generator.ts';
import { selectedAssets } from '../../shared/generate/selected-assets.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { expressionFailed, keyNotValid, timeNotValid, timeTooFarAhead } from '../../shared/outcomes.ts';
import { checkConfig, config, type RecordGeneratorConfig } from './config.ts';
import { LatestValues, latestValues } from './latest-values.ts';
import { RecordGenerator } from './record-generator.ts';

const MINUTE = 60_000;

/** Whoever triggers asks for the values of all assets: they have to be in one place. */
const requires = ({ generateMethod, triggerType }: RecordGeneratorConfig): KeySpec | undefined => {
  if (generateMethod === 'LATEST_VALUE') return { kind: 'single' };
  return triggerType === 'INPUT_POINT' ? ASSET_AND_POINT : undefined;
};

export const recordGenerator = defineProcessor<typeof config, number>({
  ...operatorNames('processor', 'Record Generator'),
  labelAliases: ['Asset Generator'],
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'generate',
  keywords: ['schedule', 'clock', 'timer', 'trigger', 'cron', 'random', 'simulate', 'latest', 'sample'],
  summary: 'Makes records for assets and points, by the clock or when a record of a point arrives.',
  description: `At every trigger there is a record for each asset and point of the table. Records that come in are not passed on.

*By Fixed Frequency* triggers are the multiples of the frequency by the clock. Each comes once for every asset, over all tasks of the pipeline, crashes and restarts; the first is the one after the pipeline has been started for the first time. A trigger that comes late, since a task was made anew, makes the same records. After a pause, Missed Triggers decides. *By Input Point* every record of the trigger point makes the records of the whole table; each asset that triggers counts by itself.

*Generate New Point* and *Generate Trigger Point* make records. \`time\` is the time of the trigger: when it was due, or the \`time\` of its record. With a date-time as Start Time it is that, and later by Time Interval with each further trigger. \`value\` is what the Value Generator gives, \`quality\` 0. A record has \`modelId\` and \`modelIdPath\` where its row names the model, or the asset store knows the asset.

*By ModelIDs*, *By Asset Tags* and *By Asset Tree* records are made for the assets of the organisation that are of a model or of one that inherits from it, that have a tag, or that are in a tree, as the asset store has them. They are there before the first trigger; a change of the store goes for triggers from a few seconds later on, without a restart, and an event of the run says which revision is in use. A point that several rows name for an asset is made once, by the first of them. While no instance of the service answers, triggers go on with the assets of then; a task that begins waits for them (\`WAITING_FOR_REFERENCE\`).

*Query From Redis* puts out the latest record of each point as it came, with its own \`time\` and digits. There is no Redis: the stage itself keeps the latest record of each point of the table, of those that come into it, from the first start of the pipeline on; so let the stage that reads them lead here. "Latest" means the greatest \`time\`; of equal times the one that arrived last. A point of which none has come, or with the filter none that is new enough at the trigger, counts as one that does not exist: NotExistHandle leaves it out, or makes a record as *Generate New Point* does. For this all records of the stage go through one task; keep others away from it with a Point Selector in front. What has come before a trigger of the clock is a matter of when it arrives. *Query From TSDB* is refused, since there is no time series database to ask: work off history by reading its topic again.

\`attr.recordGenerator\` = \`{ assetCfg, generateBy, offset, curQueryBatch, triggerPoint, generatorKey }\`: \`byAssetIDs\`, \`byModelIDs\`, \`byAssertTAG\` (as EnOS spells it), \`byTreeID\` or \`byTreeTAG\`; \`newPoint\`, \`triggerPoint\`, or \`redis\` for a record that was found; how many triggers came before; the time of the trigger; the point that triggered, empty for the clock; asset and point. With the filter, a record that was found also has \`queryStart\` and \`queryEnd\`, the times between which it was looked for.

Late: a late trigger record triggers like any other, and a late value replaces none that is newer. A duplicate triggers again. A record of the trigger point, or one that is to be kept, without valid \`assetId\` or \`time\` is an error (\`KEY_NOT_VALID\`, \`TIME_NOT_VALID\`, \`TIME_TOO_FAR_AHEAD\`); its value is not looked at, so it may be missing. Where the expression of the start time gives no time, the records are errors (\`EXPRESSION_FAILED\`). Records that trigger nothing are dropped (\`kept-as-latest\`, \`no-trigger\`).

State: by fixed frequency the last trigger, for 128 groups of assets; by input point a count per asset that triggers; the latest record of each point of the table where they are queried. A value whose point is no longer meant, since the table or the assets have changed, is forgotten. That assets are taken as they are at the trigger, that a trigger makes the whole table, that counts outlast restarts, that random numbers can be repeated, and that latest values are those that come in are decisions of Penstock.`,
  config,
  errors: [keyNotValid, timeNotValid, timeTooFarAhead, expressionFailed],
  drops: [
    {
      reason: 'no-trigger',
      when: 'The record is not of the trigger point; with a fixed frequency none is.',
    },
    {
      reason: 'kept-as-latest',
      when: 'The record has been taken in as one whose point is queried, and triggers nothing.',
    },
  ],
  check: checkConfig,
  makesRecords: true,
  changes: () => 'any',
  requires,
  state: {
    isKept: ({ triggerType }: { readonly triggerType: string }) => triggerType === 'INPUT_POINT',
    encode: (triggers) => triggers,
    decode: (stored) => {
      if (typeof stored !== 'number' || !Number.isSafeInteger(stored)) throw new Error('The stored entry is no count.');
      return stored;
    },
    toItem: (triggers, assetId, pointId) => ({ assetId, pointId, triggers }),
  },
  stores: [latestValues],
  references: [selectedAssets],
  schedules: [
    {
      name: 'generate',
      per: 'key',
      everyMs: ({ triggerType, triggerFrequency }) =>
        triggerType === 'FIXED_FREQUENCY' ? periodOf(triggerFrequency) : undefined,
      missed: ({ missedTriggers }) => MISSED[missedTriggers],
    },
  ],
  lineage: (settings) => ({ inputs: [], outputs: outputPointsOf(settings) }),
  create: (settings, context) => {
    const { generateMethod, useLastUpdateFilter, lastUpdateInterval, notExistHandle } = settings;
    const dataSet = dataSetIn(settings, context);
    const kind = generateMethod === 'TRIGGER_POINT' ? 'triggerPoint' : 'newPoint';
    const generator = new PointGenerator(settings, kind, context);
    const latest =
      generateMethod === 'LATEST_VALUE'
        ? new LatestValues({
            store: context.store(latestValues),
            withinMs: useLastUpdateFilter ? lastUpdateInterval * MINUTE : undefined,
            mock: notExistHandle === 'MOCK' ? generator : undefined,
          })
        : undefined;
    return new RecordGenerator({
      dataSet,
      maker: latest ?? generator,
      latest,
      triggerPoint: settings.triggerType === 'INPUT_POINT' ? settings.triggerPoint.trim() : undefined,
      triggers: context.state,
      eventTime: context.eventTime,
    });
  },
});
