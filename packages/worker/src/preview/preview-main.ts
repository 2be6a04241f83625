import { text } from 'node:stream/consumers';
import {
  compilePlan,
  inspectAll,
  type Plan,
  type PreviewInput,
  References,
  runPreview,
  type SourceSpec,
} from '@penstock/engine';
import { connectKafka } from '@penstock/kafka';
import {
  AppError,
  hasErrors,
  type JsonObject,
  messageOf,
  type PreviewReply,
  type PreviewRequest,
  type ReleaseForecast,
  readPreviewRequest,
} from '@penstock/model';
import { createRegistry, type LibraryPackage, operators, runPackageCases } from '@penstock/operators';
import { forecastRun } from '../forecast/forecast-run.ts';
import { openLookUps } from '../services/open-look-ups.ts';
import { type AskForReference, RunReferences } from '../services/run-references.ts';
import { askParent } from './ask-parent.ts';
import { type PreviewMessage, readLiveRecords } from './live-records.ts';

/**
 * `node --no-node-snapshot preview-main.ts`: one preview in a process of its own, since it runs scripts of users; or the
 * cases of a library of users; or one forecast, which compiles with what Kafka knows. Reads
 * a `PreviewRequest` from stdin, writes a `PreviewReply` to stdout and ends. Time and memory are limited by the caller.
 */

const clock = { now: (): number => Date.now() };

const messagesOf = (records: readonly JsonObject[]): PreviewMessage[] => {
  const timestamp = clock.now();
  return records.map((record) => ({ value: Buffer.from(JSON.stringify(record)), timestamp }));
};

const textsOf = (messages: readonly (string | null)[]): PreviewMessage[] => {
  const timestamp = clock.now();
  return messages.map((text) => ({ value: text === null ? null : Buffer.from(text), timestamp }));
};

/** Errors: `PREVIEW_SOURCE_UNKNOWN`. */
const bySource = <T>(
  given: Readonly<Record<string, T>>,
  { sources }: Plan,
  read: (given: T) => PreviewMessage[],
): PreviewInput => {
  for (const name of Object.keys(given))
    if (!sources.some(({ instanceName }) => instanceName === name))
      throw new AppError('PREVIEW_SOURCE_UNKNOWN', `The pipeline has no data source "${name}".`, {
        domain: 'user',
        params: { source: name },
      });
  return new Map(Object.entries(given).map(([name, own]) => [name, read(own)]));
};

/** Records that are given are the first source's, or by the names of sources; without any, each source has its own. */
const messagesFor = async (request: PreviewRequest, plan: Plan): Promise<PreviewInput> => {
  if (request.recordsBySource !== undefined) return bySource(request.recordsBySource, plan, messagesOf);
  if (request.messagesBySource !== undefined) return bySource(request.messagesBySource, plan, textsOf);
  if (request.records !== undefined) return messagesOf(request.records);
  if (request.messages !== undefined) return textsOf(request.messages);
  const found = plan.sources.map(async ({ instanceName, spec }) => [instanceName, await ownOf(spec, request)] as const);
  return new Map(await Promise.all(found));
};

const ownOf = async (spec: SourceSpec, request: PreviewRequest): Promise<PreviewMessage[]> => {
  const now = clock.now();
  if (spec.kind === 'clock') return [];
  if (spec.kind === 'inline') return spec.values.map((value) => ({ value: Buffer.from(value), timestamp: now }));
  if (request.kafka === undefined)
    throw new AppError(
      'PREVIEW_KAFKA_MISSING',
      'Live records were asked for and there is no Kafka to read them from.',
      { domain: 'user' },
    );
  return readLiveRecords(request.kafka, spec.topic, request.live ?? {});
};

/** A preview is over soon: what its stages go by is what there is when it begins. */
const referencesFor = async (plan: Plan, ask: AskForReference): Promise<References> => {
  const held = References.of(plan);
  await new RunReferences({ held, ask, clock, onEvent: () => undefined }).complete();
  return held;
};

const readForecast = async ({ document, facts, kafka, forecast }: PreviewRequest): Promise<ReleaseForecast> => {
  if (kafka === undefined)
    throw new AppError('PREVIEW_KAFKA_MISSING', 'A forecast was asked for and there is no Kafka to ask.', {
      domain: 'user',
    });
  const client = await connectKafka(kafka, { clientId: 'penstock-forecast' });
  try {
    return await forecastRun({ document, ...facts, ...forecast }, client);
  } finally {
    await client.close();
  }
};

const reply = async (): Promise<PreviewReply> => {
  const request = readPreviewRequest(JSON.parse(await text(process.stdin)));
  if (request.library !== undefined)
    return { issues: await runPackageCases(request.library as unknown as LibraryPackage) };
  const compiled = compilePlan(request.document, {
    registry: createRegistry(operators),
    facts: request.facts,
  });
  const { plan } = compiled;
  // A forecast is of a document that was checked before.
  const issues = [...compiled.issues, ...(request.forecast === undefined ? await inspectAll(compiled) : [])];
  if (plan === undefined || hasErrors(issues)) return { issues };
  try {
    if (request.forecast !== undefined) return { issues, forecast: await readForecast(request) };
    const values = await messagesFor(request, plan);
    const { assets, reference } = askParent();
    const lookUps = openLookUps({ outbound: request.outbound, assets, isPreview: true });
    const references = await referencesFor(plan, reference);
    const asText = request.asText === true;
    return { issues, stages: await runPreview({ plan, values, clock, lookUps, references, asText }) };
  } catch (error) {
    return {
      issues,
      failure: { code: error instanceof AppError ? error.code : 'PREVIEW_FAILED', message: messageOf(error) },
    };
  }
};

const answer = JSON.stringify(await reply());
process.stdout.write(answer, () => process.exit(0));
