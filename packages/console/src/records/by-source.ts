/** A data source, and the topic it reads; null where it reads none, or nobody asked. */
export interface SourceTopic {
  readonly stage: string;
  readonly topic: string | null;
}

/**
 * The data source that a message of a topic goes to: where one alone takes messages, that one, whatever its topic is
 * called now; else the one that reads the topic. Undefined where none does.
 */
export const sourceOfTopic = (topic: string, sources: readonly SourceTopic[]): string | undefined => {
  const [only, ...others] = sources;
  if (others.length === 0) return only?.stage;
  const reading = sources.filter((source) => source.topic !== null);
  if (reading.length === 1) return reading[0]?.stage;
  return reading.find((source) => source.topic === topic)?.stage;
};

export interface FromTopic<T> {
  readonly topic: string;
  readonly message: T;
}

/** Messages by the data source they go to, with how many go to none. */
export const bySource = <T>(
  messages: readonly FromTopic<T>[],
  sources: readonly SourceTopic[],
): { readonly given: Readonly<Record<string, T[]>>; readonly elsewhere: number } => {
  const given = Object.fromEntries(sources.map(({ stage }): [string, T[]] => [stage, []]));
  let elsewhere = 0;
  for (const { topic, message } of messages) {
    const list = given[sourceOfTopic(topic, sources) ?? ''];
    if (list === undefined) elsewhere++;
    else list.push(message);
  }
  return { given, elsewhere };
};
