import { AppError, isJsonObject, type JsonValue, messageOf } from '@penstock/model';
import { type ContainerFile, contentsOf, isFileName } from './container-log.ts';

export interface NodeManagerLogsOptions {
  /** Who this service says it is, where the cluster believes what it is told. */
  readonly user: string;
  /** Per call; default 5 s. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5000;
/** YARN's heading and closing line come on top of what was asked for. */
const MAX_FRAME_BYTES = 16 * 1024;
const MAX_LIST_BYTES = 1024 * 1024;

/**
 * Logs of containers as NodeManagers serve them (`/ws/v1/node/containers/{id}/logs`). The caller answers for the
 * origins being NodeManagers. Undefined: this node has no such logs, or not any more.
 * Errors: `CONTAINER_LOGS_UNREACHABLE`.
 */
export class NodeManagerLogs {
  readonly #options: NodeManagerLogsOptions;

  constructor(options: NodeManagerLogsOptions) {
    this.#options = options;
  }

  async files(origin: string, containerId: string): Promise<readonly ContainerFile[] | undefined> {
    const text = await this.#get(origin, `${encodeURIComponent(containerId)}/logs`, 'application/json', MAX_LIST_BYTES);
    if (text === undefined) return undefined;
    const found = filesIn(parse(text));
    return found.length === 0 ? undefined : found;
  }

  async tail(origin: string, containerId: string, file: string, bytes: number): Promise<string | undefined> {
    const path = `${encodeURIComponent(containerId)}/logs/${encodeURIComponent(file)}`;
    const text = await this.#get(origin, path, 'text/plain', bytes + MAX_FRAME_BYTES, { size: String(-bytes) });
    return text === undefined ? undefined : contentsOf(text);
  }

  async #get(
    origin: string,
    path: string,
    accept: string,
    maxBytes: number,
    query: Readonly<Record<string, string>> = {},
  ): Promise<string | undefined> {
    const url = new URL(`/ws/v1/node/containers/${path}`, origin);
    for (const [name, value] of Object.entries({ ...query, 'user.name': this.#options.user }))
      url.searchParams.set(name, value);
    try {
      const response = await fetch(url, {
        headers: { accept },
        // A node that no longer has them points elsewhere; where to is not for it to say.
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
      });
      if (!response.ok) {
        await response.body?.cancel();
        return undefined;
      }
      return await readUpTo(response, maxBytes);
    } catch (error) {
      const reason = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
      throw new AppError('CONTAINER_LOGS_UNREACHABLE', `The NodeManager at ${origin} does not answer: ${reason}`, {
        domain: 'external',
        retryable: true,
        cause: error,
      });
    }
  }
}

/** At most so much, whatever the other side sends. */
const readUpTo = async (response: Response, maxBytes: number): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
};

const parse = (text: string): JsonValue => {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null; // not a NodeManager's answer
  }
};

/** The list is nested differently from version to version; what counts is that each file has a name and a size. */
const filesIn = (value: JsonValue): ContainerFile[] => {
  if (Array.isArray(value)) return value.flatMap(filesIn);
  if (!isJsonObject(value)) return [];
  const { fileName, fileSize } = value;
  if (typeof fileName === 'string') return isFileName(fileName) ? [{ file: fileName, bytes: sizeOf(fileSize) }] : [];
  return Object.values(value).flatMap(filesIn);
};

const sizeOf = (given: JsonValue | undefined): number | null => {
  const size = Number(typeof given === 'string' || typeof given === 'number' ? given : Number.NaN);
  return Number.isSafeInteger(size) && size >= 0 ? size : null;
};
