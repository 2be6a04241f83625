import serializerSelector, { type Serializer, type SerializerFactory } from '@fastify/fast-json-stringify-compiler';

const REFERENCE = /"\$ref":"([^"#]*)/g;

/** Names that schemas refer to, as JSON texts; a reference within the schema itself has none. */
const referencesIn = (text: string): string[] =>
  [...text.matchAll(REFERENCE)].flatMap(([, name]) => (name === undefined || name === '' ? [] : [name]));

/** The schemas with a name that one refers to, also through others; all, where it refers to something else. */
const neededBy = (text: string, named: ReadonlyMap<string, string>): ReadonlyMap<string, string> => {
  const needed = new Map<string, string>();
  const waiting = referencesIn(text);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const other = named.get(name);
    if (other === undefined) return named;
    if (needed.has(name)) continue;
    needed.set(name, other);
    waiting.push(...referencesIn(other));
  }
  return needed;
};

/**
 * Makes what writes answers by their schemas, each once and with the named schemas it needs. The framework's own
 * compiler checks every named schema again for every status of every route, and compiles the form of a problem five
 * times for each: seconds at the start of the service, most of its work until then.
 */
export const createSerializerBuilder = (): SerializerFactory => {
  const build = serializerSelector();
  const made = new Map<string, Serializer>();
  return (given, options) => {
    const schemas = new Map<string, unknown>(Object.entries(given ?? {}));
    const named = new Map([...schemas].map(([name, schema]) => [name, JSON.stringify(schema)]));
    return (route) => {
      const text = JSON.stringify(route.schema);
      const needed = neededBy(text, named);
      const key = JSON.stringify([text, ...needed]);
      const known = made.get(key);
      if (known !== undefined) return known;
      const parts = Object.fromEntries([...needed.keys()].map((name) => [name, schemas.get(name)]));
      const serializer = build(parts, options)(route);
      made.set(key, serializer);
      return serializer;
    };
  };
};
