import { AppError, type JsonObject, messageOf } from '@penstock/model';
import type { Reference, ReferenceDefinition, ReferenceSnapshot } from './reference.ts';

/** What is looked at of a part of a plan. */
interface PartWithReferences {
  readonly stages: readonly {
    readonly definition: { readonly kind: string; readonly references?: readonly ReferenceDefinition<unknown>[] };
    readonly config: unknown;
  }[];
}

/** What is to be brought: which data, in which form, and which part of it; without a query all. */
export interface WantedReference {
  readonly name: string;
  readonly version: number;
  readonly query?: JsonObject;
}

/** What stages go by: a definition, and what it asks for a configuration. */
export interface NeededReference {
  readonly definition: ReferenceDefinition<unknown>;
  readonly query?: JsonObject;
}

/** The same for what is brought once. */
export const referenceKey = ({ name, version, query }: WantedReference): string =>
  JSON.stringify([name, version, query ?? null]);

const wantedOf = ({ definition: { name, version }, query }: NeededReference): WantedReference => ({
  name,
  version,
  ...(query === undefined ? {} : { query }),
});

/** Decoded data by its definition and what was asked; replaced as a whole, never changed. */
type Values = ReadonlyMap<ReferenceDefinition<unknown>, ReadonlyMap<string, unknown>>;

/**
 * The reference data of one thread, the same for all its tasks: each of its batches is worked off with what was newest
 * when it began. Whoever brings the data puts it here; nothing else is asked or waited for.
 */
export class References {
  readonly #needed: readonly NeededReference[];
  /** What has to be brought, each once. */
  readonly wanted: readonly WantedReference[];
  readonly #present = new Set<string>();
  #values: Values = new Map();

  constructor(needed: readonly NeededReference[]) {
    this.#needed = needed;
    this.wanted = [...new Map(needed.map(wantedOf).map((wanted) => [referenceKey(wanted), wanted])).values()];
  }

  /** For the tasks of a plan. */
  static of(plan: { readonly parts: readonly PartWithReferences[] }): References {
    return new References(plan.parts.flatMap(neededBy));
  }

  /** Of that, what is not there yet. */
  get missing(): readonly WantedReference[] {
    return this.wanted.filter((one) => !this.#present.has(referenceKey(one)));
  }

  /** What batches that begin now are worked off with. */
  get values(): Values {
    return this.#values;
  }

  /**
   * Takes over what was brought, for all batches that begin from now on. Gives what people should know of it. Errors:
   * `REFERENCE_NOT_VALID`, and what there was stays.
   */
  put(wanted: WantedReference, { revision, data }: ReferenceSnapshot): string {
    const { name } = wanted;
    const key = referenceKey(wanted);
    const values = new Map(this.#values);
    const described = new Set<string>();
    const asked = this.#needed.filter((needed) => referenceKey(wantedOf(needed)) === key);
    for (const definition of new Set(asked.map((needed) => needed.definition))) {
      try {
        const value = definition.decode(data);
        values.set(definition, new Map([...(values.get(definition) ?? []), [key, value]]));
        if (definition.describe !== undefined) described.add(definition.describe(value));
      } catch (error) {
        throw new AppError(
          'REFERENCE_NOT_VALID',
          `Revision ${revision} of the reference data "${name}" cannot be read: ${messageOf(error)}`,
          { domain: 'internal', cause: error, params: { name, revision } },
        );
      }
    }
    this.#values = values;
    this.#present.add(key);
    const content = described.size === 0 ? '' : ` (${[...described].join('; ')})`;
    return `Reference data "${name}": revision ${revision}${content} is in use from the next batch on.`;
  }
}

/** The reference data that stages of a part go by. */
const neededBy = ({ stages }: PartWithReferences): readonly NeededReference[] =>
  stages.flatMap(({ definition, config }) =>
    (definition.references ?? []).flatMap((declared) => neededFor(declared, config) ?? []),
  );

/** Undefined: a stage with this configuration does not go by it. */
const neededFor = (definition: ReferenceDefinition<unknown>, config: unknown): NeededReference | undefined => {
  if (definition.query === undefined) return { definition };
  const query = definition.query(config);
  return query === undefined ? undefined : { definition, query };
};

const valueIn = (values: Values, needed: NeededReference): { readonly value: unknown } | undefined => {
  const [own, key] = [values.get(needed.definition), referenceKey(wantedOf(needed))];
  return own?.has(key) === true ? { value: own.get(key) } : undefined;
};

/** What the stages of one task have in hand. */
export class TaskReferences {
  readonly #references: References;
  #inHand: Values;

  /** Errors: `REFERENCE_MISSING`, retryable, where not all is there that stages of the part go by. */
  constructor(references: References, part: PartWithReferences) {
    this.#references = references;
    this.#inHand = references.values;
    const missing = neededBy(part).find((needed) => valueIn(this.#inHand, needed) === undefined);
    if (missing === undefined) return;
    const { name } = missing.definition;
    throw new AppError('REFERENCE_MISSING', `The reference data "${name}" is not there yet.`, {
      domain: 'external',
      retryable: true,
      params: { name },
    });
  }

  /** Between two batches: takes what is newest. */
  renew(): void {
    this.#inHand = this.#references.values;
  }

  /** For a stage whose operator declares it, and whose configuration asks for it. */
  of<T>({ instanceName, definition, config }: StageWithReferences, asked: ReferenceDefinition<T>): Reference<T> {
    const needed = definition.references?.includes(asked) === true ? neededFor(asked, config) : undefined;
    if (needed === undefined)
      throw new AppError(
        'STAGE_REFERENCE_UNKNOWN',
        `The operator of stage "${instanceName}" does not declare the reference data "${asked.name}".`,
        { domain: 'internal' },
      );
    const [inHand, key] = [(): Values => this.#inHand, referenceKey(wantedOf(needed))];
    return {
      get current() {
        // What `decode` of this definition gave is of its type, and there since the task was opened.
        return inHand().get(asked)?.get(key) as T;
      },
    };
  }
}

type StageWithReferences = PartWithReferences['stages'][number] & { readonly instanceName: string };
