import type { TSchema } from 'typebox';
import type { JsonValue } from '../json.ts';

// Named in this way, since Biome's type inference overflows its stack in the types that `Static` is made of.
type Static<S extends TSchema> = import('typebox').Static<S>;

/** The type of a message, inferred from its schema. Whoever has a message reads it; maps by name stay as they are. */
export type Message<S extends TSchema> = Unchanged<Static<S>>;

/** The same for a part of a message that a program makes by adding to it. */
export type Draft<S extends TSchema> = Static<S>;

type Unchanged<T> = [JsonValue] extends [T]
  ? T
  : T extends readonly (infer E)[]
    ? readonly Unchanged<E>[]
    : T extends object
      ? string extends keyof T
        ? T
        : { readonly [K in keyof T]: Unchanged<T[K]> }
      : T;

/** Whether something is a message; where it is not, `errors` says why not. Made by Ajv. */
export interface MessageCheck {
  (given: unknown): boolean;
  readonly errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
}
