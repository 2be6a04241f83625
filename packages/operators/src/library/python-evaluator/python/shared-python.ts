import { PythonRuntime } from './python-runtime.ts';

/** A Python that somebody uses until `release` is called. */
export interface PythonLease {
  readonly python: PythonRuntime;
  release(): void;
}

/** Who closes and opens again, as tasks that are taken up anew do, finds it still loaded. */
const LINGER_MS = 30_000;

interface Shared {
  readonly loading: Promise<PythonRuntime>;
  python: PythonRuntime | undefined;
  users: number;
  leaving: NodeJS.Timeout | undefined;
}

let shared: Shared | undefined;

/**
 * The one Python of this thread, loaded when the first one asks for it and given up when nobody has used it for half a
 * minute. One that is spent is replaced. Rejects where it cannot be loaded.
 */
export const usePython = async (): Promise<PythonLease> => {
  if (shared?.python?.isSpent === true) shared = undefined;
  shared ??= load();
  const own = shared;
  own.users++;
  clearTimeout(own.leaving);
  let isHeld = true;
  const release = (): void => {
    if (!isHeld) return;
    isHeld = false;
    own.users--;
    if (own.users === 0) own.leaving = setTimeout(() => leave(own), LINGER_MS).unref();
  };
  try {
    return { python: await own.loading, release };
  } catch (error) {
    release();
    if (shared === own) shared = undefined;
    throw error;
  }
};

const load = (): Shared => {
  const loading = PythonRuntime.load();
  const made: Shared = { loading, python: undefined, users: 0, leaving: undefined };
  loading.then(
    (python) => {
      made.python = python;
    },
    () => undefined, // told to those who wait for it
  );
  return made;
};

const leave = (unused: Shared): void => {
  unused.python?.dispose();
  if (shared === unused) shared = undefined;
};
