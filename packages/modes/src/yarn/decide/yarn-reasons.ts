import type { RunFailure } from '@penstock/model';
import type { Notice } from '../../supervision/supervision.ts';
import type { ApplicationView } from '../yarn-records.ts';

/** What people are told of a run of Cluster Mode that does not run, or has ended: the words to each code. */

const MAX_DIAGNOSTICS = 600;

/** Sentences that YARN puts around every diagnosis and that lead nowhere from here. */
const BOILERPLATE = [
  /For more detailed output, check the application tracking page: \S+/g,
  /Then click on links to logs of each attempt\.?/g,
  /\. Failing the application\./g,
  /Diagnostics: /g,
];

/** A diagnosis of YARN as one readable line: without stack traces and boilerplate, cut to a bearable length. */
export const shortDiagnostics = (diagnostics: string): string => {
  const lines = diagnostics.split('\n').filter((line) => !/^\s*(at [\w.$/]+\(|\.\.\. \d+ more)/.test(line));
  const text = BOILERPLATE.reduce((kept, phrase) => kept.replace(phrase, ' '), lines.join(' '))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
    .replace(/[\s\u0000-\u001f\u007f]+/g, ' ')
    .trim();
  return text.length <= MAX_DIAGNOSTICS ? text : `${text.slice(0, MAX_DIAGNOSTICS - 1)}…`;
};

const withDiagnostics = (sentence: string, { diagnostics }: ApplicationView): string => {
  const told = shortDiagnostics(diagnostics);
  return told === '' ? sentence : `${sentence} YARN says: ${told}`;
};

const timeText = (at: number): string => new Date(at).toISOString();

export const applicationFailed = (view: ApplicationView): RunFailure => ({
  code: 'APPLICATION_FAILED',
  message: withDiagnostics(`The application ${view.applicationId} has failed after ${view.attempts} attempts.`, view),
  retryable: false,
});

export const applicationKilled = (view: ApplicationView): RunFailure => ({
  code: 'APPLICATION_KILLED',
  message: withDiagnostics(`The application ${view.applicationId} was killed, not by Penstock.`, view),
  retryable: false,
});

export const applicationEnded = (view: ApplicationView | undefined): RunFailure => ({
  code: 'APPLICATION_ENDED',
  message: `The application${view === undefined ? '' : ` ${view.applicationId}`} has ended without having been asked to.`,
  retryable: false,
});

export const clusterLost = (applicationId: string | undefined): RunFailure => ({
  code: 'CLUSTER_LOST',
  message:
    `The ResourceManager answers, but no longer knows the application ${applicationId ?? 'of this run'}: ` +
    'it was started anew without its recovery store, or has forgotten an application that ended.',
  retryable: false,
});

/** Says since when rather than for how long, so that what is stored does not change every second. */
export const driverSilent = (view: ApplicationView, since: number): RunFailure => ({
  code: 'DRIVER_SILENT',
  message:
    `The driver of the application ${view.applicationId} has not been heard of since ${timeText(since)} ` +
    'although YARN says that it runs.',
  retryable: false,
});

export const driverLost = (view: ApplicationView): RunFailure => ({
  code: 'DRIVER_LOST',
  message: withDiagnostics(
    `The driver of the application ${view.applicationId} is gone; YARN starts another attempt.`,
    view,
  ),
  retryable: true,
});

export const driverStartTimeout = (limitMs: number): RunFailure => ({
  code: 'DRIVER_START_TIMEOUT',
  message: `The driver had all its executors and got no further with its start for ${Math.round(limitMs / 1000)} s.`,
  retryable: false,
});

export const submitTimeout = (limitMs: number): RunFailure => ({
  code: SUBMIT_TIMEOUT,
  message: `Submitting the application has not ended within ${Math.round(limitMs / 1000)} s.`,
  retryable: true,
});
export const SUBMIT_TIMEOUT = 'SUBMIT_TIMEOUT';

export const submitFailed: RunFailure = {
  code: 'SUBMIT_FAILED',
  message: 'Submitting has ended and YARN knows of no application; submit.log of this run says more.',
  retryable: true,
};

export const unreachable = (message: string): RunFailure => ({
  code: CLUSTER_UNREACHABLE,
  message: `The cluster cannot be asked: ${message}`,
  retryable: true,
});
export const CLUSTER_UNREACHABLE = 'CLUSTER_UNREACHABLE';

/** The application has been accepted and has not got a container for its driver yet. */
export const waitingForCluster = (view: ApplicationView): Notice => ({
  code: WAITING_FOR_CLUSTER,
  message: view.waiting ?? `The application ${view.applicationId} is ${view.state} in the queue "${view.queue}".`,
});
export const WAITING_FOR_CLUSTER = 'WAITING_FOR_CLUSTER';

export const waitingForExecutors = (view: ApplicationView | undefined, present: number, wanted: number): Notice => ({
  code: WAITING_FOR_CLUSTER,
  message: `${present} of ${wanted} executors are there${view?.waiting === undefined ? '.' : `: ${view.waiting}`}`,
});

export const driverStarting = (view: ApplicationView): Notice => ({
  code: 'DRIVER_STARTING',
  message: `The driver of attempt ${view.attempts} has been started and has not reported yet.`,
});

export const fencingFailed = (message: string): Notice => ({
  code: 'FENCING_FAILED',
  message: `The application has ended, and its tasks could not be taken from executors that may be left: ${message}`,
});

export const submitting: Notice = { code: 'SUBMITTING', message: 'The application is being submitted to YARN.' };

export const standingStill = (limitMs: number): Notice => ({
  code: 'WORKER_STALLED',
  message: `There is backlog and no progress for more than ${Math.round(limitMs / 1000)} s.`,
});
