import { CHINESE } from './chinese.ts';
import { ENGLISH } from './english.ts';
import type { AlarmNotice, Language } from './notice.ts';

export interface AlarmMessage {
  /** One line, what matters first. */
  readonly subject: string;
  readonly text: string;
}

const WORDING = { en: ENGLISH, zh: CHINESE };
const MAX_SUBJECT = 150;

/** A notice in words. What people have named themselves (pipelines) cannot break a line of a header. */
export const messageFor = (notice: AlarmNotice, language: Language): AlarmMessage => {
  const { words, labels } = WORDING[language];
  const { subject, what, todo } = words(notice);
  const lines = [
    what,
    '',
    ...(notice.pipelineId === null
      ? []
      : [`${labels.pipeline}: ${oneLine(notice.pipelineName)} (${notice.pipelineId})`]),
    `${labels.organization}: ${notice.orgId}`,
    `${labels.since}: ${new Date(notice.since).toISOString()}`,
    '',
    `${labels.todo}: ${todo}`,
  ];
  return { subject: clipped(`[Penstock] ${oneLine(subject)}`), text: `${lines.join('\n')}\n` };
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');

const clipped = (text: string): string => {
  const characters = [...text];
  return characters.length <= MAX_SUBJECT ? text : `${characters.slice(0, MAX_SUBJECT - 1).join('')}…`;
};
