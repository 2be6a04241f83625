import type { ChaosResult } from './run-chaos.ts';

/** The one line on standard output. */
export const lineOf = ({
  pipeline,
  kills,
  seed,
  input,
  output,
  lost,
  duplicated,
  wrong,
  outOfOrder,
}: ChaosResult): string =>
  `chaos: pipeline ${pipeline} kills ${kills} seed ${seed} input ${input} output ${output} ` +
  `lost ${lost} duplicated ${duplicated} wrong ${wrong} out-of-order ${outOfOrder}`;

/** What else is worth knowing, for people. */
export const detailsOf = ({ killed, recoverySeconds, seconds, slowestRecoveryMs, cluster }: ChaosResult): string[] => [
  `killed in ${seconds} s: ${Object.entries(killed)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ')}; slowest recovery ${slowestRecoveryMs} ms`,
  ...Object.entries(recoverySeconds).map(
    ([kind, { median, max }]) => `seconds until progress after killing ${kind}: median ${median}, max ${max}`,
  ),
  ...(cluster === undefined
    ? []
    : [
        `YARN: ${cluster.applications} applications (${Object.entries(cluster.finalStatuses)
          .map(([status, count]) => `${count} ${status}`)
          .join(', ')}), ${cluster.attempts} attempts; pipeline started again ${cluster.restarts} times; ` +
          `service killed ${cluster.killedWhileSubmitting} times while it submitted`,
        `runs with several applications: ${cluster.severalApplications.length}; left behind: ${cluster.leftBehind.length}`,
        ...cluster.severalApplications,
        ...cluster.leftBehind.map((left) => `left behind: ${left}`),
      ]),
];
