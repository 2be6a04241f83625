import type { QueryClient } from '@tanstack/react-query';

/** What was read of alarms is read again. */
export const invalidateAlarms = async (client: QueryClient): Promise<void> => {
  await Promise.all(
    ['alarms', 'alarm-counts', 'alarm-incidents'].map((subject) => client.invalidateQueries({ queryKey: [subject] })),
  );
};
