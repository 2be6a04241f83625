import { Type } from 'typebox';
import type { Message } from './messages/message.ts';

/** What a start of another version of a document would make of what the pipeline keeps in Kafka. */

const text = Type.String();
/**
 * Of what a stage remembers. `kept`: goes on as it lies. `moved`, `migrated`: goes on, brought to other partitions or to
 * another encoding. `cleared`: deleted. `refused`: nobody can use it, so the start is refused if there is any. `empty`:
 * the stage begins with none.
 */
export const stateFateSchema = Type.Union([
  Type.Literal('kept'),
  Type.Literal('moved'),
  Type.Literal('migrated'),
  Type.Literal('cleared'),
  Type.Literal('refused'),
  Type.Literal('empty'),
]);
export type StateFate = Message<typeof stateFateSchema>;

/** Of records between two parts of the plan. `drained`: none wait, so the topic goes. `refused`: some wait. */
export const cutFateSchema = Type.Union([
  Type.Literal('kept'),
  Type.Literal('made'),
  Type.Literal('drained'),
  Type.Literal('refused'),
]);

/**
 * Of the position in a topic. `first-start`: by `auto.offset.reset`. `restored`: the group has lost it, the records kept
 * with the state have not. `added`: partitions more than before, from their first record. `replaced`: the topic was
 * deleted and made anew, from its first record. `left`: read no more, and kept. `refused`: nobody knows it.
 */
export const positionFateSchema = Type.Union([
  Type.Literal('kept'),
  Type.Literal('first-start'),
  Type.Literal('restored'),
  Type.Literal('added'),
  Type.Literal('replaced'),
  Type.Literal('left'),
  Type.Literal('refused'),
]);
export type PositionFate = Message<typeof positionFateSchema>;

export const releaseForecastSchema = Type.Object({
  /** Whether the pipeline keeps anything. */
  isKept: Type.Boolean(),
  states: Type.Array(
    Type.Object({
      /** By its name in the new document; in the old one where it is gone. */
      stage: text,
      fate: stateFateSchema,
      /** The name that the stage had, where it was another one. */
      was: Type.Optional(text),
    }),
  ),
  cuts: Type.Array(Type.Object({ stage: text, fate: cutFateSchema })),
  positions: Type.Array(Type.Object({ topic: text, fate: positionFateSchema })),
  /** What a start would be refused for, and what to do about it. */
  refusals: Type.Array(Type.Object({ code: text, message: text })),
});
export type ReleaseForecast = Message<typeof releaseForecastSchema>;
