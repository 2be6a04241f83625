import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PipelineState } from '@penstock/model';
import fc from 'fast-check';
import { readAlarmConfig, writeAlarmConfig } from './alarm-config.ts';
import { ALARM_LIMITS, type AlarmSettings } from './alarm-settings.ts';

const nobody = new Set<string>();
const codesOf = (text: string | null, known = nobody) => readAlarmConfig(text, known).issues.map(({ code }) => code);

const PLAIN = { noNullPrototype: true };
const minutes = fc.integer({ min: 0, max: ALARM_LIMITS.minutes });
const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,12}$/), { maxLength: ALARM_LIMITS.receivers });
const settingsOf: fc.Arbitrary<AlarmSettings> = fc.record(
  {
    receivers: names,
    status: fc.record(
      {
        states: fc.uniqueArray(fc.constantFrom(...Object.values(PipelineState)), { minLength: 1 }),
        forMinutes: minutes,
      },
      PLAIN,
    ),
    lag: fc.record({ threshold: fc.maxSafeNat(), forMinutes: minutes }, PLAIN),
    progress: fc.record({ forMinutes: minutes }, PLAIN),
  },
  { requiredKeys: ['receivers'], noNullPrototype: true },
);

test('settings come back as they were written, whatever stood there before', () => {
  const before = fc.oneof(
    fc.constant(null),
    fc.string(),
    fc.json(),
    fc.dictionary(fc.string(), fc.jsonValue()).map((o) => JSON.stringify(o)),
  );
  fc.assert(
    fc.property(before, settingsOf, (text, settings) => {
      const known = new Set(settings.receivers);
      assert.deepEqual(readAlarmConfig(writeAlarmConfig(text, settings), known).settings, settings);
    }),
  );
});

test('keys of the vendor survive a change, to the digit, and its mode too', () => {
  const text = '{"alarmMode":3,"receivers":"u1","lagThreshold":12345678901234567890,"other":{"a":[1.10]}}';
  const written = writeAlarmConfig(text, { receivers: ['r1'], lag: { threshold: 10_000, forMinutes: 2 } });
  assert.equal(
    written,
    '{"alarmMode":3,"receivers":"r1","lagAlarm":{"threshold":10000,"minutes":2},"lagThreshold":12345678901234567890,"other":{"a":[1.10]}}',
  );
  assert.equal(
    writeAlarmConfig(written, { receivers: [] }),
    '{"alarmMode":3,"receivers":"","lagThreshold":12345678901234567890,"other":{"a":[1.10]}}',
  );
});

test('what the vendor sends is taken, and what cannot be done is told', () => {
  const vendors = '{"alarmMode":1,"receivers":"u15453595541281"}';
  assert.deepEqual(readAlarmConfig(vendors, nobody).settings, { receivers: ['u15453595541281'] });
  assert.deepEqual(codesOf(vendors), ['ALARM_RECEIVER_UNKNOWN', 'ALARM_RULES_MISSING']);
  assert.deepEqual(codesOf('{"alarmMode":2,"receivers":"r1","progressAlarm":{"minutes":5}}', new Set(['r1'])), [
    'ALARM_MODE_UNKNOWN',
  ]);
  assert.deepEqual(codesOf('{"lagAlarm":{"threshold":1,"minutes":1}}'), ['ALARM_NOBODY_TOLD']);
  assert.deepEqual(codesOf('[]'), ['ALARM_CONFIG_UNREADABLE']);
  assert.deepEqual(codesOf('{'), ['ALARM_CONFIG_UNREADABLE']);
  assert.deepEqual(codesOf(null), []);
  assert.deepEqual(codesOf('{}'), []);
});

test('numbers may be texts, lists may be comma separated; what is wrong watches nothing', () => {
  const read = (text: string) => readAlarmConfig(text, new Set(['r1', 'r2'])).settings;
  assert.deepEqual(
    read(
      '{"receivers":["r1"," r2 "],"statusAlarm":{"states":"RUN_ERROR, START_ERROR"},"lagAlarm":{"threshold":"5","minutes":"2"}}',
    ),
    {
      receivers: ['r1', 'r2'],
      status: { states: ['RUN_ERROR', 'START_ERROR'], forMinutes: 0 },
      lag: { threshold: 5, forMinutes: 2 },
    },
  );
  const wrong =
    '{"receivers":"r1","statusAlarm":{"states":["NONE"]},"lagAlarm":{"threshold":-1,"minutes":2},"progressAlarm":5}';
  assert.deepEqual(read(wrong), { receivers: ['r1'] });
  assert.ok(codesOf(wrong).filter((code) => code === 'ALARM_RULE_INVALID').length >= 3);
});

test('no text is refused', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readAlarmConfig(text, nobody)));
});
