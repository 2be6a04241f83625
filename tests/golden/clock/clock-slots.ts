import assert from 'node:assert/strict';
import type { TopicAccess } from '@penstock/testkit/kafka';
import type { ClockPipeline } from './clock-pipelines.ts';

/** Records as texts, by their slots; by key, which is asset and point. In the order in which they were committed. */
export type Slots = ReadonlyMap<string, readonly { readonly time: number; readonly text: string }[]>;

export const readSlots = async (access: TopicAccess, output: string): Promise<Slots> => {
  const found = new Map<string, { time: number; text: string }[]>();
  for (const { key, value } of await access.read(output)) {
    const text = value ?? '';
    const { time } = JSON.parse(text) as { time: number };
    found.set(key ?? '', [...(found.get(key ?? '') ?? []), { time, text }]);
  }
  return found;
};

/** How many slots every point has had: 0 until the last of them has had its first. */
const whole = (slots: Slots, { points }: ClockPipeline): number =>
  slots.size < points ? 0 : Math.min(...[...slots.values()].map(({ length }) => length));

/** A count: how many further slots every point has had from now on. */
export const countSlots = async (
  access: TopicAccess,
  output: string,
  pipeline: ClockPipeline,
): Promise<() => Promise<number>> => {
  const before = whole(await readSlots(access, output), pipeline);
  return async () => whole(await readSlots(access, output), pipeline) - before;
};

/** A question: whether every point has had so many further slots. */
export const furtherSlots = async (
  access: TopicAccess,
  output: string,
  pipeline: ClockPipeline,
  count: number,
): Promise<() => Promise<boolean>> => {
  const made = await countSlots(access, output, pipeline);
  return async () => (await made()) >= count;
};

/** Every point has had one slot after the other, each once. */
export const checkSlots = (slots: Slots, { everyMs, points }: ClockPipeline): void => {
  assert.equal(slots.size, points);
  for (const [key, records] of slots) {
    const times = records.map(({ time }) => time);
    const expected = times.map((_, index) => (times[0] ?? 0) + index * everyMs);
    assert.deepEqual(times, expected, `${key}: none is left out, none comes twice`);
  }
};
