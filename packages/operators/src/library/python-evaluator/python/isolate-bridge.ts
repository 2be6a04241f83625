/**
 * Code that runs in the isolate beside Pyodide: what the outside may ask of Python. Batches and results cross as bytes,
 * copied once each way. It is a function of `loadPyodide`, the Emscripten module, the environment and the prelude; it
 * answers a promise of the functions below.
 *
 * Time is kept by the buffer in which Python looks for interrupts every few dozen steps: reading it compares the clock.
 * Python code then gets a `KeyboardInterrupt`; what does not look (a long loop in C, a script that catches everything)
 * is ended from outside, with all of the isolate.
 */
export const isolateBridge = `
(async function (loadPyodide, createPyodideModule, environment, lock, prelude) {
  'use strict';
  const now = Date.now;
  const quiet = () => {};
  const pyodide = await loadPyodide({
    createPyodideModule,
    indexURL: '/',
    lockFileContents: JSON.parse(lock),
    // Sets come in the same order in every process.
    env: { HOME: '/home/pyodide', PYTHONHASHSEED: '0', TZ: 'UTC' },
    jsglobals: Object.freeze(Object.create(null)),
    stdin: () => undefined,
    stdout: quiet,
    stderr: quiet,
  });
  let deadline = Infinity;
  let isLate = false;
  pyodide.setInterruptBuffer({
    get 0() {
      if (now() < deadline) return 0;
      isLate = true;
      return 2;
    },
    set 0(_) {},
  });
  const python = pyodide.runPython(prelude);
  environment.close();
  const own = python.toJs({ depth: 1 });
  const [makeBox, openStage, closeStage, setState, runStage, inspect] = own;
  const heapBytes = () => pyodide._module.HEAPU8.byteLength;
  const ownBytes = heapBytes();

  const bytesOf = (result) => {
    const view = result.getBuffer('u8');
    try {
      return view.data.slice().buffer;
    } finally {
      view.release();
      result.destroy();
    }
  };
  const boxOf = (bytes) => {
    const box = makeBox(bytes.byteLength);
    const view = box.getBuffer('u8');
    view.data.set(new Uint8Array(bytes));
    view.release();
    return box;
  };
  /** What the call threw, as { kind, message }: Python's own errors end nothing, all others end Python. */
  const failureOf = (error) => {
    if (isLate) return { kind: 'time', message: '' };
    const type = error?.type;
    if (typeof type !== 'string') return { kind: 'broken', message: String(error?.message ?? error) };
    return { kind: type === 'MemoryError' ? 'memory' : 'failed', message: String(error.message) };
  };
  const limited = (limitMs, work) => {
    isLate = false;
    deadline = now() + limitMs;
    try {
      const answer = work();
      return isLate ? { kind: 'time', message: '' } : answer;
    } catch (error) {
      return failureOf(error);
    } finally {
      deadline = Infinity;
    }
  };
  return {
    heapBytes,
    /** Python's heap may grow by so many bytes beyond what it is when nothing runs. */
    cap(bytes) { environment.cap(ownBytes + bytes); },
    open: (source, settings, limitMs) => limited(limitMs, () => openStage(source, settings)),
    close: (id) => closeStage(id),
    setState: (id, json, limitMs) => limited(limitMs, () => { setState(id, json); return 0; }),
    run: (id, batch, origins, limitMs) => limited(limitMs, () => {
      const boxes = [boxOf(batch)];
      try {
        if (origins !== undefined) boxes.push(boxOf(origins));
        return bytesOf(runStage(id, ...boxes));
      } finally {
        for (const box of boxes) box.destroy();
      }
    }),
    inspect: (source, limitMs) => limited(limitMs, () => bytesOf(inspect(source))),
  };
})
`;
