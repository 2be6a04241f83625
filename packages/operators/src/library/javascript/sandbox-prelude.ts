/**
 * The code that runs in the isolate around the user's script: it unpacks a batch, offers the script its objects
 * (contract E.3), and packs what the script wrote. It evaluates to `{ run, setState, putBack }` as references.
 *
 * Everything it relies on is taken into local variables before the script runs, records are told by a private field,
 * and results are put together by concatenation of primitive values (`JSON.stringify` asks objects, but never
 * primitives, for a `toJSON`), so that a script that changes built-in objects can only hurt its own records.
 *
 * A result is text in lines. The first is the header, JSON: `s` source index per output (null: 0, 1, 2, …), `e` errors
 * as [index, code, message, created record or null], `k` asset id, and that of point or measurement, of outputs that have not those of their
 * source as [output, assetId or null, id or null], `l` log lines, `t` the properties of the state that
 * it reached as [name, JSON or null], `w` that these are all, `u` their names and `f` the failure where the script threw. Each further line is one output record.
 */
export const sandboxPrelude = `
(function (script, settings) {
  'use strict';
  delete globalThis.WebAssembly;
  delete globalThis.SharedArrayBuffer;
  delete globalThis.Atomics;
  delete globalThis.WeakRef;
  delete globalThis.console;
  delete globalThis.FinalizationRegistry;

  const parse = JSON.parse;
  const stringify = JSON.stringify;
  const isArray = Array.isArray;
  const isFinite = Number.isFinite;
  const entriesOf = Object.entries;
  const keysOf = Object.keys;
  const hasOwn = Object.hasOwn;
  const makeBare = Object.create;
  const MakeProxy = Proxy;
  const { get: reflectGet, set: reflectSet, deleteProperty, defineProperty, getOwnPropertyDescriptor } = Reflect;
  const sqrt = Math.sqrt;
  const text = String;
  const exec = Function.prototype.call.bind(RegExp.prototype.exec);
  const includes = Function.prototype.call.bind(Array.prototype.includes);
  const split = Function.prototype.call.bind(String.prototype.split);
  const holds = Function.prototype.call.bind(String.prototype.includes);
  // A 64-bit number is written with all its digits.
  const rawJson = JSON.rawJSON;
  BigInt.prototype.toJSON = function () { return rawJson(text(this)); };
  const { usesState, usesOrigin, isPreview, idField, outputs, maxLogLines } = settings;

  let count = 0;
  let isInOrder = true;
  let written = 0;
  let sources = '';
  let lines = '';
  let errors = '';
  let logs = '';
  let logLines = 0;
  let ended;
  let keys = '';
  let assets;
  let ids;

  class SdcRecord {
    #index;
    constructor(value, index, origin) {
      this.value = value;
      this.#index = index;
      if (origin !== undefined) {
        this.attributes = { topic: origin[0], partition: text(origin[1]), offset: text(origin[2]), timestamp: text(origin[3]) };
        this.sourceId = origin[0] + '::' + origin[1] + '::' + origin[2];
        if (origin.length > 4) this.sourceId += '::' + origin[4];
      }
    }
    /** -1 for records the script made, -2 for what is no record. */
    static indexOf(record) {
      return typeof record === 'object' && record !== null && #index in record ? record.#index : -2;
    }
  }
  const indexOf = SdcRecord.indexOf;
  if (!usesOrigin) {
    SdcRecord.prototype.attributes = Object.freeze({});
    SdcRecord.prototype.sourceId = null;
  }

  const messageOf = (error) => {
    try {
      if (typeof error === 'object' && error !== null && error.message !== undefined) return text(error.message);
      return text(error);
    } catch {
      return 'the message cannot be read';
    }
  };
  const jsonOf = (value) => {
    try {
      return stringify(value) ?? 'null';
    } catch {
      return 'null';
    }
  };
  const addError = (record, index, code, message) => {
    const created = index < 0 ? jsonOf(record.value) : 'null';
    errors += (errors === '' ? '[' : ',[') + index + ',' + stringify(code) + ',' + stringify(message) + ',' + created + ']';
    ended[index < 0 ? count : index] = 1;
  };
  /** Path of the first number JSON has not and would write as null; undefined where there is none. */
  const notFinite = (value, path) => {
    if (typeof value === 'number') return isFinite(value) ? undefined : path;
    if (typeof value !== 'object' || value === null) return undefined;
    const entries = entriesOf(value);
    for (let i = 0; i < entries.length; i++) {
      const found = notFinite(entries[i][1], path + '/' + entries[i][0]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const addKey = ({ assetId, [idField]: id }) => {
    keys += (keys === '' ? '[' : ',[') + written + ',' + (typeof assetId === 'string' ? stringify(assetId) : 'null') +
      ',' + (typeof id === 'string' ? stringify(id) : 'null') + ']';
  };
  const matches = (value) => {
    const models = Object.hasOwn(outputs, value[idField]) ? outputs[value[idField]] : undefined;
    if (models === undefined || models === null) return models === null;
    const segments = typeof value.modelIdPath === 'string' ? split(value.modelIdPath, '/') : [];
    for (let i = 0; i < models.length; i++) if (models[i] === value.modelId || includes(segments, models[i])) return true;
    return false;
  };

  const define = (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: false, configurable: false, enumerable: true });
  // Which properties of the state the script reaches: only these can have changed. Nothing is inherited by the two.
  let touched = makeBare(null);
  const touch = (name) => { if (typeof name === 'string') touched[name] = 1; };
  const traps = makeBare(null);
  traps.get = (target, name) => { touch(name); return reflectGet(target, name); };
  traps.set = (target, name, value) => { touch(name); return reflectSet(target, name, value); };
  traps.deleteProperty = (target, name) => { touch(name); return deleteProperty(target, name); };
  traps.defineProperty = (target, name, value) => { touch(name); return defineProperty(target, name, value); };
  traps.getOwnPropertyDescriptor = (target, name) => { touch(name); return getOwnPropertyDescriptor(target, name); };
  /** What the script sees as its state, and the object behind it; another object where the script replaced it. */
  let kept = {};
  let state = new MakeProxy(kept, traps);
  let isReplaced = false;
  const isMap = (value) => typeof value === 'object' && value !== null && !isArray(value);
  const replaceState = (value) => {
    if (value === state) return;
    state = value;
    isReplaced = true;
  };
  const adopt = (value) => {
    kept = value;
    state = new MakeProxy(kept, traps);
    isReplaced = false;
    touched = makeBare(null);
  };
  const touchedNames = () => {
    const names = keysOf(touched);
    let list = '';
    for (let i = 0; i < names.length; i++) list += (list === '' ? '' : ',') + stringify(names[i]);
    return list;
  };
  const membersOf = (names) => {
    let members = '';
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      const json = hasOwn(kept, name) ? stringify(kept[name]) : undefined;
      members += (members === '' ? '[' : ',[') + stringify(name) + ',' + (typeof json === 'string' ? stringify(json) : 'null') + ']';
    }
    return members;
  };
  Object.defineProperty(globalThis, 'state', {
    get: () => state, set: replaceState, configurable: false, enumerable: true,
  });

  const output = Object.freeze({
    write(record) {
      if (isArray(record)) {
        for (let i = 0; i < record.length; i++) output.write(record[i]);
        return;
      }
      const index = indexOf(record);
      if (index === -2) throw new TypeError('output.write takes a record of "records" or of sdcFunctions.createRecord');
      const value = record.value;
      if (typeof value !== 'object' || value === null || isArray(value))
        return addError(record, index, 'SCRIPT_OUTPUT_NOT_VALID', 'The value of a record must be a map.');
      if (outputs !== null && !matches(value))
        return addError(record, index, 'SCRIPT_OUTPUT_NOT_VALID', 'The record fits none of the Output Points of the stage.');
      let line;
      try {
        line = stringify(value);
      } catch (error) {
        return addError(record, index, 'SCRIPT_OUTPUT_NOT_VALID', messageOf(error));
      }
      if (typeof line !== 'string' || line[0] !== '{')
        return addError(record, index, 'SCRIPT_OUTPUT_NOT_VALID', 'The value of a record must be a map.');
      const path = holds(line, 'null') ? notFinite(value, '') : undefined;
      if (path !== undefined)
        return addError(record, index, 'SCRIPT_OUTPUT_NOT_VALID', 'The number at ' + path +
          ' is not finite (a division by zero, or not a number): JSON has no such number.');
      if (index < 0 || value.assetId !== assets[index] || value[idField] !== ids[index]) addKey(value);
      if (index !== written) isInOrder = false;
      sources += (written === 0 ? '' : ',') + index;
      written++;
      lines += '\\n' + line;
      ended[index < 0 ? count : index] = 1;
    },
  });
  const error = Object.freeze({
    write(record, message) {
      const index = indexOf(record);
      if (index === -2) throw new TypeError('error.write takes a record');
      addError(record, index, 'SCRIPT_ERROR', messageOf(message));
    },
  });
  define('output', output);
  define('error', error);

  const logger = (level) => (message, ...args) => {
    if (logLines >= maxLogLines) return;
    logLines++;
    let next = 0;
    const filled = messageOf(message).replace(/\\{\\}/g, () => (next < args.length ? messageOf(args[next++]) : '{}'));
    logs += (logs === '' ? '[' : ',[') + stringify(level) + ',' + stringify(text(filled)) + ']';
  };
  const quiet = () => {};
  const log = Object.freeze({
    trace: quiet, debug: quiet, info: logger('info'), warn: logger('warning'), warning: logger('warning'), error: logger('error'),
  });
  define('log', log);

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
  const functions = {
    getFieldNull: (record, path) => fieldAt(record, text(path)),
    createRecord: () => new SdcRecord({}, -1, undefined),
    createMap: () => ({}),
    createEvent: () => new SdcRecord({}, -1, undefined),
    toEvent: quiet,
    isPreview: () => isPreview,
  };
  define('sdcFunctions', Object.freeze({ ...functions }));

  const merged = (record) => {
    const attr = record.value.attr ?? {};
    return attr.latestRecordMerger?.mergedRecords ?? attr.crossBatch?.groupedRecords ?? [];
  };
  const numbersOf = (record, id) => {
    const numbers = [];
    for (const one of merged(record))
      if (one[idField] === id && one.value !== null && Number.isFinite(Number(one.value))) numbers.push(Number(one.value));
    return numbers;
  };
  const fold = (combine) => (record, id) => {
    const numbers = numbersOf(record, id);
    return numbers.length === 0 ? null : numbers.reduce(combine);
  };
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  define('enosFunc', Object.freeze({
    mcMin: fold((a, b) => (b < a ? b : a)),
    mcMax: fold((a, b) => (b > a ? b : a)),
    mcSum: fold((a, b) => a + b),
    mcMean: (record, id) => {
      const numbers = numbersOf(record, id);
      return numbers.length === 0 ? null : sum(numbers) / numbers.length;
    },
    mcCov: (record, id) => {
      const numbers = numbersOf(record, id);
      const mean = sum(numbers) / numbers.length;
      if (numbers.length === 0 || mean === 0) return null;
      return sqrt(sum(numbers.map((number) => (number - mean) ** 2)) / numbers.length) / mean;
    },
    input: (record, id) => {
      for (const one of merged(record)) if (one[idField] === id) return one.value ?? null;
      return record.value[idField] === id ? record.value.value ?? null : null;
    },
  }));
  for (const type of ['BOOLEAN', 'CHAR', 'BYTE', 'SHORT', 'INTEGER', 'LONG', 'FLOAT', 'DOUBLE', 'DATE', 'DATETIME', 'TIME',
    'DECIMAL', 'BYTE_ARRAY', 'STRING', 'LIST', 'MAP']) {
    define('NULL_' + type, null);
    functions['NULL_' + type] = null;
  }
  // The same objects under the name that newer StreamSets scripts use.
  let current = [];
  define('sdc', Object.freeze(Object.defineProperties(
    { ...functions, output, error, log, userParams: Object.freeze({}), pipelineParameters: () => ({}), isStopped: () => false },
    {
      records: { get: () => current, enumerable: true },
      state: { get: () => state, set: replaceState, enumerable: true },
    },
  )));

  const failureOf = (error) => {
    let stack = '';
    let name = '';
    try {
      stack = text(error.stack);
      if (typeof error.name === 'string') name = error.name + ': ';
    } catch { stack = ''; }
    return '{"message":' + stringify(name + messageOf(error)) + ',"stack":' + stringify(stack) + '}';
  };

  const failureText = (error) =>
    '{"f":' + failureOf(error) + ',"l":[' + logs + ']' + (isReplaced ? '' : ',"u":[' + touchedNames() + ']') + '}';

  return {
    setState(json) {
      adopt(parse(json));
    },
    putBack(json) {
      const members = parse(json);
      for (let i = 0; i < members.length; i++) {
        const name = members[i][0];
        deleteProperty(kept, name);
        if (members[i][1] !== null)
          defineProperty(kept, name, { value: parse(members[i][1]), writable: true, configurable: true, enumerable: true });
      }
      touched = makeBare(null);
    },
    run(batch, origins) {
      isInOrder = true;
      written = 0;
      sources = '';
      lines = '';
      errors = '';
      keys = '';
      logs = '';
      logLines = 0;
      try {
        const values = parse(batch);
        const places = origins === undefined ? undefined : parse(origins);
        count = values.length;
        ended = new Uint8Array(count + 1);
        const records = new Array(count);
        assets = new Array(count);
        ids = new Array(count);
        for (let i = 0; i < count; i++) {
          const value = values[i];
          assets[i] = value.assetId;
          ids[i] = value[idField];
          records[i] = new SdcRecord(value, i, places === undefined ? undefined : places[i]);
        }
        globalThis.records = records;
        current = records;
        script();
      } catch (error) {
        return failureText(error);
      }
      let header = isInOrder && written === count ? '{"s":null' : '{"s":[' + sources + ']';
      let silent = '';
      for (let i = 0; i < count; i++) if (ended[i] === 0) silent += (silent === '' ? '' : ',') + i;
      header += ',"n":[' + silent + '],"k":[' + keys + '],"e":[' + errors + '],"l":[' + logs + ']';
      if (usesState) {
        let members;
        const isWhole = isReplaced;
        try {
          if (isReplaced) {
            // What is no map cannot be kept, and is none of the next batch.
            adopt(isMap(state) ? state : {});
            members = membersOf(keysOf(kept));
          } else members = membersOf(keysOf(touched));
        } catch (error) {
          isReplaced = isWhole;
          return failureText(error);
        }
        touched = makeBare(null);
        if (isWhole || members !== '') header += ',"t":[' + members + ']' + (isWhole ? ',"w":1' : '');
      }
      return header + '}' + lines;
    },
  };
})
`;
