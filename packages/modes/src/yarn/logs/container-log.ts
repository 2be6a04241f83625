/** A container whose logs may be asked for, and where the ResourceManager says it is or was. */
export interface LogContainer {
  readonly containerId: string;
  /** Of the application, from 1. */
  readonly attempt: number;
  readonly role: 'driver' | 'executor';
  /** Spark's name for the executor; null for a driver, and where nobody told. */
  readonly executorId: string | null;
  /** Origins of NodeManagers that may have it; more than one where several share a host. Empty: unknown. */
  readonly nodeUrls: readonly string[];
}

export interface ContainerFile {
  readonly file: string;
  /** Null where not told. */
  readonly bytes: number | null;
}

/** What is in the place of a container or file in an address or a path: nothing else may get there. */
const CONTAINER_ID = /^container_(?:e\d{1,6}_)?\d{1,20}_\d{1,10}_(\d{1,10})_\d{1,12}$/;
const FILE_NAME = /^(?!\.)[\w.-]{1,100}$/;

export const isContainerId = (text: string): boolean => CONTAINER_ID.test(text);
export const isFileName = (text: string): boolean => FILE_NAME.test(text);

/** Attempt of the application that a container belongs to; YARN gives the first container of each to its driver. */
export const attemptOfContainer = (containerId: string): number => Number(CONTAINER_ID.exec(containerId)?.[1] ?? 0);
export const isDriverContainer = (containerId: string): boolean => /_0*1$/.test(containerId);

/** Between container and file in the id of a log; in neither of them. */
const SEPARATOR = '~';

export const logIdOf = (containerId: string, file: string): string => `${containerId}${SEPARATOR}${file}`;

/** The container and file a log id names; undefined for anything else. */
export const parseLogId = (logId: string): { readonly containerId: string; readonly file: string } | undefined => {
  const [containerId = '', file = '', ...rest] = logId.split(SEPARATOR);
  if (rest.length > 0 || !isContainerId(containerId) || !isFileName(file)) return undefined;
  return { containerId, file };
};

/**
 * What a log says, without what YARN's programs put around it: a heading up to `LogContents:`, and a closing line, which
 * begins a line of its own where the log is from the collection. A text without a heading is taken as it is.
 */
export const contentsOf = (text: string): string => {
  const heading = /^(?:.*\n){0,12}?LogContents:\n/.exec(text)?.[0];
  if (heading === undefined) return text;
  const body = text.slice(heading.length);
  const end = body.lastIndexOf('End of LogType:');
  if (end < 0) return body;
  const isCollected = heading.includes('LogAggregationType: AGGREGATED');
  return body.slice(0, isCollected && body[end - 1] === '\n' ? end - 1 : end);
};
