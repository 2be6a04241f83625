import { styleText } from 'node:util';
import type { Column } from '../output.ts';
import type { PipelineSummary } from '../pipeline-reference.ts';

type Colour = Parameters<typeof styleText>[0];

/** Columns of `penstock status`. `coloured` for terminals. */
export const statusColumns = (coloured: boolean, withOrganization: boolean): Column<PipelineSummary>[] => [
  ...(withOrganization ? [{ title: 'ORG', value: (row: PipelineSummary) => row.orgId }] : []),
  { title: 'NAME', value: (row) => shorten(row.name, 32) },
  {
    title: 'STATE',
    value: stateText,
    paint: (cell, row) => (coloured ? styleText(colourOf(row.observed.state), cell) : cell),
  },
  { title: 'MODE', value: modeText },
  { title: 'IN/S', align: 'right', value: (row) => rateText(row.throughput.recordsInPerSecond) },
  { title: 'OUT/S', align: 'right', value: (row) => rateText(row.throughput.recordsOutPerSecond) },
  { title: 'LAG', align: 'right', value: (row) => countText(row.lag) },
  { title: 'ERRORS', align: 'right', value: (row) => countText(row.errorsTotal) },
  { title: 'DROPPED', align: 'right', value: (row) => countText(row.droppedTotal) },
  { title: 'CU', align: 'right', value: cuText },
];

/** A pipeline that runs again keeps the reason of its last interruption; it is news only while it does not run. */
export const showsReason = ({ observed }: PipelineSummary): boolean =>
  observed.reason !== null && observed.state !== 'RUNNING';

/** The observed state, how long it has lasted, and why where it is not running. */
const stateText = (row: PipelineSummary): string => {
  const { state, since, reason } = row.observed;
  const age = ageText(Date.now() - since);
  return `${state} ${age}${showsReason(row) ? ` (${reason?.code})` : ''}`;
};

const colourOf = (state: string): Colour => {
  const word = state.toLowerCase();
  if (/error|fail/.test(word)) return 'red';
  if (word === 'running') return 'green';
  if (/ing$|retry/.test(word)) return 'yellow';
  return 'gray';
};

const modeText = (row: PipelineSummary): string =>
  row.executionMode === null ? '-' : row.executionMode === 0 ? 'standalone' : 'cluster';

const cuText = (row: PipelineSummary): string => {
  const { standaloneCu, serverCu, yarnCu } = row.resource;
  if (standaloneCu !== undefined) return String(standaloneCu);
  return serverCu === undefined ? '-' : `${serverCu}+${yarnCu ?? 0}`;
};

/** Records per second: one decimal while it is small. */
export const rateText = (perSecond: number): string => {
  return perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en');
};

export const countText = (count: number | null): string => (count === null ? '-' : count.toLocaleString('en'));

/** A length of time in its largest fitting unit: `42s`, `12m`, `5h`, `3d`. */
export const ageText = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 100) return `${seconds}s`;
  if (seconds < 100 * 60) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
};

const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
