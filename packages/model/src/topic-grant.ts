import type { TopicGrant } from './messages/run-specification.ts';

export type TopicUse = 'read' | 'write';

/** What a pattern may be made of: what a topic's name may be made of, and `*`. */
export const TOPIC_PATTERN = /^[A-Za-z0-9._*-]{1,249}$/;

/** Whether one of the grants covers a topic. A `*` in front means no name that begins with `_`: those are of programs. */
export const grantsTopic = (grants: readonly TopicGrant[], topic: string, use: TopicUse): boolean =>
  grants.some((grant) => grant[use] && matchesTopic(grant.pattern, topic));

const matchesTopic = (pattern: string, topic: string): boolean => {
  if (pattern.startsWith('*') && topic.startsWith('_')) return false;
  const parts = pattern.split('*');
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return pattern === topic;
  if (!topic.startsWith(first) || !topic.endsWith(last) || topic.length < first.length + last.length) return false;
  // Between beginning and end the pieces have to come in their order; the first place of each is as good as any.
  let at = first.length;
  const end = topic.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = topic.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
};
