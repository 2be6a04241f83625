/**
 * The code that runs in the isolate around the user's script: it unpacks a batch, offers the script its objects
 * (contract E.3), and packs what the script wrote. It evaluates to `{ run, setState }` as references.
 *
 * Everything it relies on is taken into local variables before the script runs, and results are put together by
 * concatenation, so that a script that changes built-in objects can only hurt its own records.
 *
 * A result is text in lines. The first is the header, JSON: `s` source index per output (null: 0, 1, 2, …), `e` errors
 * as [index, code, message, created record or null], `l` log lines, `t` the state where it changed, `f` the failure
 * where the script threw. Each further line is one output record.
 */
export const sandboxPrelude = `
(function (script, settings) {
  'use strict';
  delete globalThis.WebAssembly;
  delete globalThis.SharedArrayBuffer;
  delete globalThis.Atomics;
  delete globalThis.WeakRef;
  delete globalThis.FinalizationRegistry;

  const parse = JSON.parse;
  const stringify = JSON.stringify;
  const isArray = Array.isArray;
  const sqrt = Math.sqrt;
  const text = String;
  const exec = Function.prototype.call.bind(RegExp.prototype.exec);
  const includes = Function.prototype.call.bind(Array.prototype.includes);
  const split = Function.prototype.call.bind(String.prototype.split);
  const { usesState, usesOrigin, isPreview, outputs, maxLogLines, maxLogLength } = settings;

  let count = 0;
  let isInOrder = true;
  let written = 0;
  let sources = '';
  let lines = '';
  let errors = '';
  let logs = '';
  let logLines = 0;
  let stateText = '{}';
  let ended;

  class SdcRecord {
    constructor(value, index, origin) {
      this.value = value;
      Object.defineProperty(this, '__index', { value: index });
      if (origin !== undefined) {
        this.attributes = { topic: origin[0], partition: text(origin[1]), offset: text(origin[2]), timestamp: text(origin[3]) };
        this.sourceId = origin[0] + '::' + origin[1] + '::' + origin[2];
      }
    }
  }
  if (!usesOrigin) {
    SdcRecord.prototype.attributes = Object.freeze({});
    SdcRecord.prototype.sourceId = null;
  }

  const messageOf = (error) => {
    try {
      if (typeof error === 'object' && error !== null && error.message !== undefined) return text(error.message).slice(0, 2000);
      return text(error).slice(0, 2000);
    } catch {
      return 'the message cannot be read';
    }
  };
  const isRecord = (record) => record instanceof SdcRecord;
  const addError = (record, code, message) => {
    const index = record.__index;
    let created = null;
    if (index < 0) try { created = record.value; stringify(created); } catch { created = null; }
    errors += (errors === '' ? '' : ',') + stringify([index, code, message, created]);
    ended[index < 0 ? count : index] = true;
  };
  const matches = (value) => {
    const models = Object.hasOwn(outputs, value.pointId) ? outputs[value.pointId] : undefined;
    if (models === undefined) return false;
    const segments = typeof value.modelIdPath === 'string' ? split(value.modelIdPath, '/') : [];
    for (let i = 0; i < models.length; i++) if (models[i] === value.modelId || includes(segments, models[i])) return true;
    return false;
  };

  const define = (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: false, configurable: false, enumerable: true });
  let state = {};
  Object.defineProperty(globalThis, 'state', {
    get: () => state, set: (value) => { state = value; }, configurable: false, enumerable: true,
  });

  define('output', Object.freeze({
    write(record) {
      if (!isRecord(record)) throw new TypeError('output.write takes a record of "records" or of sdcFunctions.createRecord');
      const value = record.value;
      if (typeof value !== 'object' || value === null || isArray(value))
        return addError(record, 'SCRIPT_OUTPUT_NOT_VALID', 'The value of a record must be a map.');
      if (outputs !== null && !matches(value))
        return addError(record, 'SCRIPT_OUTPUT_NOT_VALID', 'The record fits none of the Output Points of the stage.');
      let line;
      try {
        line = stringify(value);
      } catch (error) {
        return addError(record, 'SCRIPT_OUTPUT_NOT_VALID', messageOf(error));
      }
      if (typeof line !== 'string' || line[0] !== '{')
        return addError(record, 'SCRIPT_OUTPUT_NOT_VALID', 'The value of a record must be a map.');
      const index = record.__index;
      if (index !== written) isInOrder = false;
      sources += (written === 0 ? '' : ',') + index;
      written++;
      lines += '\\n' + line;
      ended[index < 0 ? count : index] = true;
    },
  }));
  define('error', Object.freeze({
    write(record, message) {
      if (!isRecord(record)) throw new TypeError('error.write takes a record');
      addError(record, 'SCRIPT_ERROR', messageOf(message));
    },
  }));

  const logger = (level) => (message, ...args) => {
    if (logLines >= maxLogLines) return;
    logLines++;
    let next = 0;
    const filled = messageOf(message).replace(/\\{\\}/g, () => (next < args.length ? messageOf(args[next++]) : '{}'));
    logs += (logs === '' ? '' : ',') + stringify([level, filled.slice(0, maxLogLength)]);
  };
  const quiet = () => {};
  define('log', Object.freeze({
    trace: quiet, debug: quiet, info: logger('info'), warn: logger('warning'), warning: logger('warning'), error: logger('error'),
  }));

  const steps = /\\/(?:"([^"]*)"|'([^']*)'|([^/[\\]"']+))|\\[(\\d+)\\]/g;
  const fieldAt = (record, path) => {
    let value = record.value;
    steps.lastIndex = 0;
    for (let step = exec(steps, path); step !== null; step = exec(steps, path)) {
      if (typeof value !== 'object' || value === null) return null;
      value = value[step[1] ?? step[2] ?? step[3] ?? step[4]];
    }
    return value === undefined ? null : value;
  };
  define('sdcFunctions', Object.freeze({
    getFieldNull: (record, path) => fieldAt(record, text(path)),
    createRecord: () => new SdcRecord({}, -1, undefined),
    createMap: () => ({}),
    createEvent: () => new SdcRecord({}, -1, undefined),
    toEvent: quiet,
    isPreview: () => isPreview,
  }));

  const merged = (record) => {
    const attr = record.value.attr ?? {};
    return attr.latestRecordMerger?.mergedRecords ?? attr.crossBatch?.groupedRecords ?? [];
  };
  const numbersOf = (record, pointId) => {
    const numbers = [];
    for (const one of merged(record))
      if (one.pointId === pointId && one.value !== null && Number.isFinite(Number(one.value))) numbers.push(Number(one.value));
    return numbers;
  };
  const fold = (combine) => (record, pointId) => {
    const numbers = numbersOf(record, pointId);
    return numbers.length === 0 ? null : numbers.reduce(combine);
  };
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  define('enosFunc', Object.freeze({
    mcMin: fold((a, b) => (b < a ? b : a)),
    mcMax: fold((a, b) => (b > a ? b : a)),
    mcSum: fold((a, b) => a + b),
    mcMean: (record, pointId) => {
      const numbers = numbersOf(record, pointId);
      return numbers.length === 0 ? null : sum(numbers) / numbers.length;
    },
    mcCov: (record, pointId) => {
      const numbers = numbersOf(record, pointId);
      const mean = sum(numbers) / numbers.length;
      if (numbers.length === 0 || mean === 0) return null;
      return sqrt(sum(numbers.map((number) => (number - mean) ** 2)) / numbers.length) / mean;
    },
    input: (record, pointId) => {
      for (const one of merged(record)) if (one.pointId === pointId) return one.value ?? null;
      return record.value.pointId === pointId ? record.value.value ?? null : null;
    },
  }));
  for (const type of ['BOOLEAN', 'CHAR', 'BYTE', 'SHORT', 'INTEGER', 'LONG', 'FLOAT', 'DOUBLE', 'DATE', 'DATETIME', 'TIME',
    'DECIMAL', 'BYTE_ARRAY', 'STRING', 'LIST', 'MAP']) define('NULL_' + type, null);

  const failureOf = (error) => {
    let line = null;
    try {
      const found = exec(/script:(\\d+):(\\d+)/, text(error.stack));
      if (found !== null) line = [Number(found[1]), Number(found[2])];
    } catch { line = null; }
    const name = typeof error === 'object' && error !== null && typeof error.name === 'string' ? error.name + ': ' : '';
    return stringify({ message: name + messageOf(error), line });
  };

  return {
    setState(json) {
      state = parse(json);
      stateText = json;
    },
    run(batch, origins) {
      const values = parse(batch);
      const places = origins === undefined ? undefined : parse(origins);
      count = values.length;
      const records = new Array(count);
      for (let i = 0; i < count; i++) records[i] = new SdcRecord(values[i], i, places === undefined ? undefined : places[i]);
      isInOrder = true;
      written = 0;
      sources = '';
      lines = '';
      errors = '';
      logs = '';
      logLines = 0;
      ended = new Uint8Array(count + 1);
      globalThis.records = records;
      try {
        script();
      } catch (error) {
        return '{"f":' + failureOf(error) + ',"l":[' + logs + ']}';
      }
      let header = isInOrder && written === count ? '{"s":null' : '{"s":[' + sources + ']';
      let silent = '';
      for (let i = 0; i < count; i++) if (ended[i] === 0) silent += (silent === '' ? '' : ',') + i;
      header += ',"n":[' + silent + '],"e":[' + errors + '],"l":[' + logs + ']';
      if (usesState) {
        let json;
        try {
          json = stringify(state);
        } catch (error) {
          return '{"f":' + failureOf(error) + ',"l":[' + logs + ']}';
        }
        if (typeof json !== 'string') json = '{}';
        if (json !== stateText) {
          stateText = json;
          header += ',"t":' + stringify(json);
        }
      }
      return header + '}' + lines;
    },
  };
})
`;
