import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';

/** Names of settings that say where something goes, by which way, or which program it is that takes it there. */
const DESTINATION_NAME =
  /ur[li]|host|server|broker|bootstrap|addr|endpoint|port|proxy|registry|domain|connect|target|location|driver|protocol|ssl|tls|user|account|library|stage-?name/i;
/** Texts that name a place whatever the setting is called: a URL, a host with a port, an IPv4 address. */
const PLACE = /:\/\/|^[\w.-]+:\d+(,|$)|^\d+(\.\d+){3}$/;

/**
 * Where each stage of a document goes, and the document itself (`''`), as texts to compare: everything in it that
 * names a place or the way there, in any order. Keyed as secrets name what they belong to. A setting more that counts
 * as a place has somebody give a password once more; one too few gives it away.
 */
export const destinationsOf = (document: JsonValue): ReadonlyMap<string, string> => {
  const found = new Map<string, string[]>();
  const note = (holder: string, entry: readonly [string, JsonValue]): void => {
    const entries = found.get(holder) ?? [];
    entries.push(JSON.stringify(entry));
    found.set(holder, entries);
  };
  const visit = (value: JsonValue, identity: string, above: string, name: string): void => {
    if (Array.isArray(value)) {
      value.forEach((inner, index) => {
        visit(inner, `${identity}/${calledOf(inner) ?? index}`, above, name);
      });
      return;
    }
    if (!isJsonObject(value)) {
      const isPlace = DESTINATION_NAME.test(name) || (typeof value === 'string' && PLACE.test(value));
      if (isPlace) note(above, [identity.slice(above.length), value]);
      return;
    }
    const holder = typeof value.instanceName === 'string' ? identity : above;
    if (!found.has(holder)) found.set(holder, []);
    const rowName = rowNameOf(value);
    for (const [key, inner] of Object.entries(value))
      visit(inner, `${identity}/${key}`, holder, key === 'value' && rowName !== undefined ? rowName : key);
  };
  visit(document, '', '', '');
  return new Map([...found].map(([holder, entries]) => [holder, entries.sort().join('\n')]));
};

/** A configuration row or a key-value pair says its name in a value. */
export const rowNameOf = (value: JsonObject): string | undefined =>
  typeof value.name === 'string' ? value.name : typeof value.key === 'string' ? value.key : undefined;

/** What an element of a list is called, so that it is found again after a reordering. */
export const calledOf = (value: JsonValue): string | undefined => {
  if (!isJsonObject(value)) return undefined;
  return typeof value.instanceName === 'string' ? value.instanceName : rowNameOf(value);
};
