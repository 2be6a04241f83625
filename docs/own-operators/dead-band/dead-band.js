// One call per record. What is kept belongs to the record's asset and point, as "requires" of the manifest says.
function process(record, context) {
  if (typeof record.value !== 'number') context.fail('VALUE_NOT_A_NUMBER', 'The value is ' + typeof record.value + '.');
  const last = context.store.get();
  if (last !== undefined && record.time >= last.time && isClose(record, last, context)) {
    context.drop('in-dead-band');
    return;
  }
  if (last === undefined || record.time >= last.time) context.store.put({ value: record.value, time: record.time });
  context.emit(record);
}

function isClose(record, last, { options, rows }) {
  if (options.isBounded && record.time - last.time > options.longestSilence * 60000) return false;
  const [row] = rows;
  const band = row.measuredAs === 'PERCENT' ? (Math.abs(last.value) * row.deadBand) / 100 : row.deadBand;
  return Math.abs(record.value - last.value) <= band;
}
