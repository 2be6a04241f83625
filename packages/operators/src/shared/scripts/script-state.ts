import { defineStore, memberTexts, type StoreDefinition } from '@penstock/engine';
import { isJsonObject, type JsonValue } from '@penstock/model';
import type { StateMember } from './sandbox.ts';
import { mentionsState } from './script-config.ts';

/** What is kept of a property of a script's `state`, by its name. */
export interface ScriptState {
  /** JSON of the property: what is stored is exactly what the script left, with all digits. */
  readonly json: string;
  /** As the first version had it: JSON of all properties. It is taken apart when the stage is opened. */
  readonly isWhole: boolean;
}

/** The state belongs to the task, not to an asset: the first part of its keys is empty, the second the property. */
export const STATE_OF_TASK = '';

/** Largest property with its name, as JSON in UTF-8: it is one message of the changelog. */
export const MAX_STATE_BYTES = 524_288;

/** `wholeOf`: the JSON of the state from what the operator's first version stored. */
export const defineScriptState = (
  wholeOf: (stored: JsonValue) => string,
): StoreDefinition<ScriptState, { readonly script: string }> =>
  defineStore<ScriptState, { readonly script: string }>({
    name: 'state',
    version: 2,
    keyParts: 2,
    ofTask: true,
    isKept: ({ script }) => mentionsState(script),
    encode: ({ json, isWhole }) => (isWhole ? { whole: json } : json),
    decode: (stored) => {
      if (typeof stored === 'string') return { json: stored, isWhole: false };
      if (isJsonObject(stored) && typeof stored.whole === 'string') return { json: stored.whole, isWhole: true };
      throw new Error('The stored entry is no state of a script.');
    },
    migrate: (stored) => ({ whole: wholeOf(stored) }),
  });

/** The properties of a whole state; none where it is no object, which a script could leave but not get back. */
export const stateMembers = (json: string): readonly StateMember[] =>
  isJsonObject(JSON.parse(json) as JsonValue) ? memberTexts(json) : [];
