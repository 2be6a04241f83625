import type { PreviewSource } from '../../../api/preview.ts';
import { type FromTopic, type SourceTopic, sourceOfTopic } from '../../../records/by-source.ts';

/** A message as if it was pasted for the data source it goes to; undecided where it is not known which that is. */
export const pastedFrom = ({ topic, message }: FromTopic<string>, sources: readonly SourceTopic[]): PreviewSource => {
  const stage = sourceOfTopic(topic, sources);
  if (stage === undefined) return { kind: 'pasted', text: '', undecided: { topic, message } };
  return stage === sources[0]?.stage
    ? { kind: 'pasted', text: message }
    : { kind: 'pasted', text: '', others: { [stage]: message } };
};
