import { AppError, messageOf } from '@penstock/model';
import type { Reference, ReferenceDefinition, ReferenceSnapshot } from './reference.ts';

/** What is looked at of a part of a plan. */
interface PartWithReferences {
  readonly stages: readonly {
    readonly definition: { readonly kind: string; readonly references?: readonly ReferenceDefinition<unknown>[] };
  }[];
}

/** What is to be brought: which data, in which form. */
export type WantedReference = Pick<ReferenceDefinition<unknown>, 'name' | 'version'>;

const keyOf = ({ name, version }: WantedReference): string => `${name} ${version}`;

/** Decoded data by its definition; replaced as a whole, never changed. */
type Values = ReadonlyMap<ReferenceDefinition<unknown>, unknown>;

/**
 * The reference data of one thread, the same for all its tasks: each of its batches is worked off with what was newest
 * when it began. Whoever brings the data puts it here; nothing else is asked or waited for.
 */
export class References {
  readonly #definitions: readonly ReferenceDefinition<unknown>[];
  /** What has to be brought, each once. */
  readonly wanted: readonly WantedReference[];
  readonly #present = new Set<string>();
  #values: Values = new Map();

  constructor(definitions: readonly ReferenceDefinition<unknown>[]) {
    this.#definitions = definitions;
    this.wanted = [
      ...new Map(definitions.map(({ name, version }) => [keyOf({ name, version }), { name, version }])).values(),
    ];
  }

  /** For the tasks of a plan. */
  static of(plan: { readonly parts: readonly PartWithReferences[] }): References {
    return new References([...new Set(plan.parts.flatMap(referencesOf))]);
  }

  /** Of that, what is not there yet. */
  get missing(): readonly WantedReference[] {
    return this.wanted.filter((one) => !this.#present.has(keyOf(one)));
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
    const values = new Map(this.#values);
    const described = new Set<string>();
    for (const definition of this.#definitions) {
      if (keyOf(definition) !== keyOf(wanted)) continue;
      try {
        const value = definition.decode(data);
        values.set(definition, value);
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
    this.#present.add(keyOf(wanted));
    const content = described.size === 0 ? '' : ` (${[...described].join('; ')})`;
    return `Reference data "${name}": revision ${revision}${content} is in use from the next batch on.`;
  }
}

/** The reference data that stages of a part go by. */
const referencesOf = ({ stages }: PartWithReferences): readonly ReferenceDefinition<unknown>[] =>
  stages.flatMap(({ definition }) => definition.references ?? []);

/** What the stages of one task have in hand. */
export class TaskReferences {
  readonly #references: References;
  #inHand: Values;

  /** Errors: `REFERENCE_MISSING`, retryable, where not all is there that stages of the part go by. */
  constructor(references: References, part: PartWithReferences) {
    this.#references = references;
    this.#inHand = references.values;
    const missing = referencesOf(part).find((definition) => !this.#inHand.has(definition));
    if (missing === undefined) return;
    throw new AppError('REFERENCE_MISSING', `The reference data "${missing.name}" is not there yet.`, {
      domain: 'external',
      retryable: true,
      params: { name: missing.name },
    });
  }

  /** Between two batches: takes what is newest. */
  renew(): void {
    this.#inHand = this.#references.values;
  }

  /** For a stage whose operator declares it. */
  of<T>(
    stage: string,
    declared: readonly ReferenceDefinition<unknown>[],
    definition: ReferenceDefinition<T>,
  ): Reference<T> {
    if (!declared.includes(definition))
      throw new AppError(
        'STAGE_REFERENCE_UNKNOWN',
        `The operator of stage "${stage}" does not declare the reference data "${definition.name}".`,
        { domain: 'internal' },
      );
    const inHand = (): Values => this.#inHand;
    return {
      get current() {
        // What `decode` of this definition gave is of its type, and there since the task was opened.
        return inHand().get(definition) as T;
      },
    };
  }
}
