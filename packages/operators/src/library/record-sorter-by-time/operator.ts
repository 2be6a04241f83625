import { defineProcessor } from '@penstock/engine';
import Type from 'typebox';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { timeNotValid } from '../../shared/outcomes.ts';
import { hasValidTime } from '../../shared/points/guards.ts';

const config = Type.Object({});

export const recordSorterByTime = defineProcessor<typeof config>({
  ...operatorNames('processor', 'Record Sorter By Time'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'select',
  keywords: ['sort', 'order', 'time', 'batch', 'sequence'],
  summary: 'Puts the records of each batch in the order of their time.',
  description: `The records of a batch go on in ascending order of \`time\`; those of equal times keep the order in which they came. Nothing else of a record is looked at or changed, none is dropped, and nothing is kept from one batch to the next: a record that is late by more than a batch stays late. It takes no part in stream lineage.

How many records make a batch, and how long is waited for them, is an option of the data source (Max Batch Size, Max Wait Time); a batch holds records of one partition. A record without a valid \`time\` has no place in the order: it is an error (\`TIME_NOT_VALID\`). A time far ahead is sorted like any other; duplicates and missing values are passed on.`,
  config,
  errors: [timeNotValid],
  changes: () => [],
  worksOnBatches: true,
  create: (_config, { eventTime }) => ({
    processBatch: (records, out) => {
      const timed = records.filter((record) => hasValidTime(record, eventTime, out));
      for (const record of timed.toSorted((one, other) => one.time - other.time)) out.emit(record);
    },
  }),
});
