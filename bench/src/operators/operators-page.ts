import { type OperatorReport, type OperatorRow, WANTED_RATIO } from './operator-row.ts';

const number = (value: number | null): string => (value === null ? '' : value.toLocaleString('en-US'));

const isMissed = ({ ratio }: OperatorRow): boolean => ratio !== null && ratio < WANTED_RATIO;

const lineOf = (row: OperatorRow): string => {
  const { label, recordsPerSecondPerCore, recordsPerSecond, published, ratio, verified, reason } = row;
  const times = ratio === null ? '' : isMissed(row) ? `**${ratio}**` : String(ratio);
  const remark = reason ?? (verified ? '' : `not verified: ${row.problems.join('; ')}`);
  return `| ${[label, number(recordsPerSecondPerCore), number(recordsPerSecond), number(published), times, remark].join(' | ')} |`;
};

/** The page of the documentation, as Markdown. */
export const operatorsPage = ({ date, machine, recordsEach, assets, latencyMs, rows }: OperatorReport): string => {
  // A figure that was not verified says nothing.
  const compared = rows.filter(({ ratio, verified }) => verified && ratio !== null);
  const missed = compared.filter(isMissed).sort((a, b) => (a.ratio ?? 0) - (b.ratio ?? 0));
  return `# Speed of each operator

<!-- Made by \`npm run bench -- operators --page docs/figures/operators.json\` of what \`npm run bench -- operators --json\` measured. -->

Every operator by itself, between an EDH Kafka Consumer and an EDH Kafka Producer, exactly once, in a real worker with one thread on a real broker.
What it is given is a case of its own folder: the one marked \`bench\`, or the first that is in the reference, with the records of that case that it works on, for ${number(assets)} times the assets, round after round, ${number(recordsEach)} records in all.
Assets are looked up at, and HTTP is asked of, a server of the same machine that takes ${latencyMs} ms for each answer.

*Per core* are input records by second of CPU time: all of the worker process, reading, writing and committing included, from when a fifth of the records had been read.
*By the clock* is how fast one thread was, and depends on what else the machine did.
*EnOS* is what is published for one CU, a core with 2 GB; a variant (\`*\`) stands beside the figure of its operator.
At least ${WANTED_RATIO} times that is wanted.
Measured on ${date}, on ${machine}.

| operator | per core, records/s | by the clock | EnOS, per CU | times | |
| --- | ---: | ---: | ---: | ---: | --- |
${rows.map(lineOf).join('\n')}

${
  missed.length === 0
    ? `All ${compared.length} that EnOS has a figure of reach ${WANTED_RATIO} times it.`
    : `${compared.length - missed.length} of the ${compared.length} that EnOS has a figure of reach ${WANTED_RATIO} times it. Less than that: ${missed.map(({ label, ratio }) => `${label} (${ratio})`).join(', ')}.`
}
`;
};
