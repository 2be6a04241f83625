import { RESOURCE_TITLE } from '../../resources/resource-types.ts';
import type { AlarmNotice } from './notice.ts';
import { factOf, resourceOf, type Wording, type Words } from './words.ts';

const minutes = (text: string): string => (text === '1' ? '1 minute' : `${text} minutes`);

const RAISED: Readonly<Record<NonNullable<AlarmNotice['rule']>, (notice: AlarmNotice) => Words>> = {
  status: (notice) => ({
    subject: `${factOf(notice, 'status')}: ${notice.pipelineName}`,
    what:
      `The pipeline is ${factOf(notice, 'status')}.` +
      (notice.facts.reasonCode === undefined ? '' : ` Reason: ${factOf(notice, 'reasonCode')}.`),
    todo: 'Look at its status and events (penstock status, penstock events), mend the cause, and start it again.',
  }),
  lag: (notice) => ({
    subject: `Lag ${factOf(notice, 'lag')} > ${factOf(notice, 'threshold')}: ${notice.pipelineName}`,
    what:
      `${factOf(notice, 'lag')} records wait to be read, more than ${factOf(notice, 'threshold')} ` +
      `for ${minutes(factOf(notice, 'forMinutes'))}.`,
    todo: 'Raise the read rate (penstock pipelines rate), or pause the pipeline and start it with more CU.',
  }),
  progress: (notice) => ({
    subject: `No progress: ${notice.pipelineName}`,
    what:
      `${factOf(notice, 'partitions')} partitions stand still although ${factOf(notice, 'waiting')} records wait, ` +
      `first of all partition ${factOf(notice, 'partition')} of ${factOf(notice, 'topic')}.`,
    todo: 'penstock status says which and why; look at the brokers of these partitions and at destinations that are away.',
  }),
  resource: (notice) => ({
    subject: `${resourceOf(notice, RESOURCE_TITLE)} ${factOf(notice, 'percent')} % used: ${notice.orgId}`,
    what: `${factOf(notice, 'used')} of ${factOf(notice, 'granted')} CU of ${resourceOf(notice, RESOURCE_TITLE)} are used.`,
    todo: 'Have more granted (penstock grants set), or give some back: penstock grants list and penstock grants usage say how much is used.',
  }),
};

const OF_RULE = { status: 'Status alarm', lag: 'Lag alarm', progress: 'Alarm of no progress', resource: 'Resource' };

export const ENGLISH: Wording = {
  labels: { pipeline: 'Pipeline', organization: 'Organisation', since: 'Since', todo: 'What to do' },
  words: (notice) => {
    const name = notice.pipelineName;
    const rule = notice.rule === null ? '' : OF_RULE[notice.rule];
    switch (notice.kind) {
      case 'raised':
        return RAISED[notice.rule ?? 'status'](notice);
      case 'no-data':
        return {
          subject: `No data: ${name}`,
          what: `The run should report and does not (status ${factOf(notice, 'status')}): its lag and progress are not known.`,
          todo: 'Look at the run and its logs (penstock status, penstock logs), and whether workers reach the service.',
        };
      case 'recovered':
        return notice.rule === 'resource'
          ? {
              subject: `${resourceOf(notice, RESOURCE_TITLE)} is enough again: ${notice.orgId}`,
              what: `${factOf(notice, 'used')} of ${factOf(notice, 'granted')} CU of ${resourceOf(notice, RESOURCE_TITLE)} are used.`,
              todo: 'Nothing.',
            }
          : { subject: `Recovered: ${name}`, what: `${rule}: all is well again.`, todo: 'Nothing.' };
      case 'ended':
        return {
          subject: `No longer watched: ${name}`,
          what: `${rule}: the pipeline is ${factOf(notice, 'status')}, so that there is nothing to watch.`,
          todo: 'Nothing, if that was intended.',
        };
      case 'test':
        return {
          subject: 'Test of a receiver',
          what: 'Somebody wanted to know whether alarms arrive here. They do.',
          todo: 'Nothing.',
        };
    }
  },
};
