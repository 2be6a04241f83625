export const OPERATIONS = ['start', 'pause', 'stop'] as const;
export type Operation = (typeof OPERATIONS)[number];

/**
 * From which states each can be asked for, as the service's own table has it. It decides in the end; this only keeps
 * people from pressing what is sure to be refused.
 */
const FROM: Readonly<Record<Operation, readonly string[]>> = {
  start: ['PUBLISHED', 'PAUSED', 'STOPPED', 'START_ERROR', 'RUN_ERROR'],
  pause: ['RUNNING'],
  stop: ['STARTING', 'RUNNING', 'PAUSED', 'START_ERROR', 'RUN_ERROR'],
};

export const isPossible = (operation: Operation, state: string): boolean => FROM[operation].includes(state);
