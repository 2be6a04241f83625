/**
 * The code that runs in the isolate around the code of an own operator: it unpacks a record, offers the code its
 * `context`, and packs what it did. It evaluates to `{ run, migrate }` as references.
 *
 * Everything it relies on is taken into local variables before the code is loaded, and results are put together by
 * concatenation of primitive values, so that code that changes built-in objects can only hurt its own records. Whatever
 * comes out is checked again outside.
 *
 * A result is text in lines. The first is the header, JSON: `k` per output [lane or -1, asset id or null, point id or
 * null, fields that are gone], `d` the reason of a drop, `e` [code, message] of an error, `l` log lines, `f` the failure
 * where the code threw. Each further line is one output: the whole record where any field may change, else the fields
 * that did.
 */
export const ownPrelude = `
(function (load, settings, stored, put, erase, range) {
  'use strict';
  delete globalThis.WebAssembly;
  delete globalThis.SharedArrayBuffer;
  delete globalThis.Atomics;
  delete globalThis.WeakRef;
  delete globalThis.console;
  delete globalThis.FinalizationRegistry;

  const { parse, stringify } = JSON;
  const { freeze, keys: keysOf, entries: entriesOf } = Object;
  const isArray = Array.isArray;
  const { isFinite, isInteger } = Number;
  const text = String;
  const holds = Function.prototype.call.bind(String.prototype.includes);
  const includes = Function.prototype.call.bind(Array.prototype.includes);
  const has = Function.prototype.call.bind(Object.prototype.hasOwnProperty);
  const { changes, codes, reasons, stores, lanes, maxLogLines, maxOutputs } = settings;

  const plain = (value) => {
    if (typeof value === 'object' && value !== null) {
      const names = keysOf(value);
      for (let i = 0; i < names.length; i++) plain(value[names[i]]);
      freeze(value);
    }
    return value;
  };
  const options = plain(parse(settings.options));
  const table = settings.table === null ? null : options[settings.table];

  const messageOf = (error) => {
    try {
      if (typeof error === 'object' && error !== null && error.message !== undefined) return text(error.message);
      return text(error);
    } catch {
      return 'the message cannot be read';
    }
  };
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
  /** JSON of a value, whose numbers are ones that JSON has; undefined for what has none. */
  const jsonOf = (value) => {
    const json = stringify(value);
    if (json === undefined || !holds(json, 'null')) return json;
    const path = notFinite(value, '');
    if (path !== undefined)
      throw new NotValid('The number at "' + path + '" is not finite (a division by zero, or not a number): JSON has no such number.');
    return json;
  };
  class NotValid extends Error {}
  /** What ends the call from within. */
  const END = freeze({});

  let isOpen = false;
  let input;
  let sourceText = '';
  let source;
  let keyParts;
  let rows;
  let lines = '';
  let heads = '';
  let count = 0;
  let ending;
  let logs = '';
  let logLines = 0;

  const working = () => {
    if (!isOpen) throw new TypeError('"context" can be used while process runs, not later');
  };
  const original = () => (source === undefined ? (source = parse(sourceText)) : source);
  const same = (a, b) => a === b || (typeof a === typeof b && stringify(a) === stringify(b));
  const idOf = (value) => (typeof value === 'string' ? stringify(value) : 'null');

  const changedFields = (record) => {
    const before = original();
    const names = keysOf(record);
    let delta = '';
    let gone = '';
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      const value = record[name];
      if (has(before, name) ? same(value, before[name]) : value === undefined) continue;
      if (!includes(changes, name)) throw new NotValid('The operator changes "/' + name + '", which its "changes" does not name.');
      const json = jsonOf(value);
      if (json === undefined) throw new NotValid('The value of "/' + name + '" cannot be written as JSON.');
      delta += (delta === '' ? '' : ',') + stringify(name) + ':' + json;
    }
    const old = keysOf(before);
    for (let i = 0; i < old.length; i++) {
      const name = old[i];
      if (has(record, name) && record[name] !== undefined) continue;
      if (!includes(changes, name)) throw new NotValid('The operator takes "/' + name + '" away, which its "changes" does not name.');
      gone += (gone === '' ? '' : ',') + stringify(name);
    }
    return [delta, gone];
  };

  const emit = (record, lane) => {
    working();
    if (ending !== undefined) throw new TypeError('The record has ended already');
    if (typeof record !== 'object' || record === null || isArray(record)) throw new NotValid('What is emitted must be an object.');
    if (lane !== undefined && !(isInteger(lane) && lane >= 0 && lane < lanes)) throw new NotValid('There is no output lane ' + text(lane) + '.');
    if (count >= maxOutputs) throw new NotValid('More than ' + maxOutputs + ' records came of one.');
    let line;
    let gone = '';
    if (changes === null) {
      line = jsonOf(record);
      if (typeof line !== 'string' || line[0] !== '{') throw new NotValid('What is emitted must be an object.');
    } else {
      const found = changedFields(record);
      line = '{' + found[0] + '}';
      gone = found[1];
    }
    heads += (count === 0 ? '' : ',') + '[' + (lane === undefined ? -1 : lane) + ',' + idOf(record.assetId) + ',' + idOf(record.pointId) + ',[' + gone + ']]';
    lines += '\\n' + line;
    count++;
  };
  const drop = (reason) => {
    working();
    if (!includes(reasons, reason)) throw new TypeError('"' + text(reason) + '" is none of the "drops" of the operator');
    if (ending !== undefined || count > 0) throw new TypeError('The record has been emitted or has ended already');
    ending = '"d":' + stringify(reason);
  };
  const fail = (code, message) => {
    working();
    if (!includes(codes, code)) throw new TypeError('"' + text(code) + '" is none of the "errors" of the operator');
    ending = '"e":[' + stringify(code) + ',' + stringify(message === undefined ? code : messageOf(message)) + ']';
    throw END;
  };
  const logger = (level) => (message) => {
    if (!isOpen || logLines >= maxLogLines) return;
    logLines++;
    logs += (logs === '' ? '[' : ',[') + stringify(level) + ',' + stringify(messageOf(message)) + ']';
  };

  const storeOf = (at) => {
    const { name, subKeys } = stores[at];
    const keyOf = (parts) => {
      working();
      if (parts.length !== subKeys) throw new TypeError('A key of store "' + name + '" has ' + subKeys + ' parts behind those of the record, and this one ' + parts.length);
      let json = '';
      for (let i = 0; i < parts.length; i++) {
        const part = parts[i];
        if (typeof part !== 'string' && typeof part !== 'number') throw new TypeError('Parts of keys are texts');
        json += (i === 0 ? '' : ',') + stringify(text(part));
      }
      return '[' + json + ']';
    };
    return freeze({
      get: (...parts) => {
        const json = stored(at, keyOf(parts));
        return json === undefined ? undefined : parse(json);
      },
      put: (value, ...parts) => {
        const key = keyOf(parts);
        const json = jsonOf(value);
        if (json === undefined) throw new TypeError('What is kept must be a JSON value');
        put(at, key, json);
      },
      delete: (...parts) => erase(at, keyOf(parts)),
      /** [[last part of the key, value], …]: keys that begin with all parts but the last, in their order. */
      range: (bounds, ...parts) => {
        working();
        if (parts.length !== subKeys - 1) throw new TypeError('A range of store "' + name + '" takes ' + (subKeys - 1) + ' parts');
        let json = '';
        for (let i = 0; i < parts.length; i++) json += (i === 0 ? '' : ',') + stringify(text(parts[i]));
        return parse(range(at, '[' + json + ']', stringify(bounds === undefined ? {} : bounds)));
      },
    });
  };
  const byName = {};
  for (let i = 0; i < stores.length; i++) byName[stores[i].name] = storeOf(i);
  freeze(byName);

  const user = load();
  if (typeof user.process !== 'function') throw new TypeError('The code has no function "process"');
  let prepared;
  if (settings.isOpened && typeof user.open === 'function') prepared = user.open(options);

  const context = freeze({
    options,
    prepared,
    isPreview: settings.isPreview,
    lanes,
    get key() { return keyParts; },
    get rows() { return rows; },
    store: stores.length === 0 ? undefined : byName[stores[0].name],
    stores: byName,
    emit,
    drop,
    fail,
    log: freeze({ info: logger('info'), warn: logger('warning'), error: logger('error') }),
  });

  const failureOf = (error) => {
    let stack = '';
    let name = '';
    try {
      stack = text(error.stack);
      if (typeof error.name === 'string') name = error.name + ': ';
    } catch { stack = ''; }
    const isNotValid = error instanceof NotValid;
    return '{"message":' + stringify(isNotValid ? error.message : name + messageOf(error)) + ',"stack":' + stringify(stack) + ',"isOutput":' + isNotValid + '}';
  };

  return {
    run(recordText, key, chosen) {
      sourceText = recordText;
      source = undefined;
      lines = '';
      heads = '';
      count = 0;
      ending = undefined;
      logs = '';
      logLines = 0;
      let failure;
      try {
        input = parse(recordText);
        keyParts = key === undefined ? undefined : freeze(parse(key));
        rows = undefined;
        if (chosen !== undefined) {
          const indexes = parse(chosen);
          rows = [];
          for (let i = 0; i < indexes.length; i++) rows[i] = table === null ? options : table[indexes[i]];
          freeze(rows);
        }
        isOpen = true;
        const given = user.process(input, context);
        if (given !== undefined && given !== null && typeof given.then === 'function') throw new TypeError('"process" cannot wait: it must not be async');
      } catch (error) {
        if (error !== END) failure = failureOf(error);
      }
      isOpen = false;
      if (failure !== undefined) return '{"f":' + failure + ',"l":[' + logs + ']}';
      return '{"k":[' + heads + ']' + (ending === undefined ? '' : ',' + ending) + ',"l":[' + logs + ']}' + lines;
    },
    migrate(store, json, from) {
      if (typeof user.migrate !== 'function') throw new TypeError('The code has no function "migrate"');
      const value = jsonOf(user.migrate(store, parse(json), from));
      if (value === undefined) throw new TypeError('"migrate" gave nothing');
      return value;
    },
  };
})
`;
