import { compileAviatorCondition, defineProcessor, type StreamRecord } from '@penstock/engine';
import Type from 'typebox';
import { tableField, textField } from '../../shared/config/fields.ts';
import { expressionIssues } from '../../shared/config/option-issue.ts';
import { LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { expressionFailed } from '../../shared/outcomes.ts';

const NONE_HOLDS = 'no-expression-holds';

const config = Type.Object({
  filters: tableField(
    {
      filterExpression: textField({
        title: 'Filter Expression',
        description:
          "Which records are taken: an Aviator expression such as `value > 10 && assetTag('site') == 'north'`.",
        minLength: 1,
        maxLength: 4000,
        control: 'code',
      }),
      outputMeasurementId: textField({
        title: 'Output Measurement ID',
        description: 'The `measurementId` that they get. Empty: they keep theirs.',
        default: '',
        maxLength: 128,
      }),
    },
    { title: 'Filters', description: 'The expressions, each with what its records become.', group: 'Basic' },
  ),
});

interface Filter {
  readonly holds: (record: StreamRecord) => boolean;
  readonly measurementId: string;
}

export const recordFilter = defineProcessor<typeof config>({
  ...operatorNames('processor', 'Record Filter'),
  library: LIBRARY,
  version: 1,
  libraries: ['0.4.0'],
  category: 'select',
  keywords: ['aviator', 'expression', 'condition', 'where', 'measurement', 'rename', 'select'],
  summary: 'Takes the records for which an expression holds, and gives them another measurement id.',
  description: `Each row is an expression of Aviator and a measurement id. A record for which the expression is true goes on with that id as its \`measurementId\`; one for which several are true goes on once for each, in the order of the rows, and one for which none is true is dropped (\`${NONE_HOLDS}\`). Without an Output Measurement ID the record keeps its own. Nothing else in it changes.

An expression sees the fields of the record by their names (\`value\`, \`measurementId\`, \`attr.assetTags.site\`), and the tags that a Record Formatter in front has added by \`assetTag('key')\` and \`measurementTag('key')\`. [Expressions of filters](../filter-expressions.md) has the whole language. What is wrong with an expression is an issue at its place when the pipeline is validated.

All expressions are decided before a record goes on: where one cannot be evaluated, or gives neither true nor false, the record is an error (\`EXPRESSION_FAILED\`) and goes nowhere. A missing field is \`nil\`, which can be compared; \`value > 0\` is false for it, \`value * 2 > 0\` an error. It works on records of any format. It keeps no state: late and duplicate records are like others. It takes no part in stream lineage. That the id may be left empty, and which functions there are, are decisions of Penstock.`,
  config,
  errors: [expressionFailed],
  drops: [{ reason: NONE_HOLDS, when: 'No expression is true for the record.' }],
  check: ({ filters }) =>
    filters.flatMap(({ filterExpression }, index) => {
      const compiled = compileAviatorCondition(filterExpression);
      return compiled.ok ? [] : expressionIssues(`/filters/${index}/filterExpression`, compiled.issues);
    }),
  changes: ({ filters }) =>
    filters.every(({ outputMeasurementId }) => outputMeasurementId.trim() === '') ? [] : ['measurementId'],
  create: ({ filters }, { clock }) => {
    const compiled = filters.map(({ filterExpression, outputMeasurementId }): Filter => {
      const condition = compileAviatorCondition(filterExpression, { now: () => clock.now() });
      if (!condition.ok) throw new Error(`The expression should not have passed validation: ${filterExpression}`);
      return { holds: condition.holds, measurementId: outputMeasurementId.trim() };
    });
    return {
      process: (record, out) => {
        const taken = compiled.filter(({ holds }) => holds(record));
        if (taken.length === 0) {
          out.drop(record, NONE_HOLDS);
          return;
        }
        const copies = taken.slice(1).map(() => record.copy());
        for (const [nth, { measurementId }] of taken.entries()) {
          const each = copies[nth] ?? record;
          if (measurementId !== '') each.set('measurementId', measurementId);
          out.emit(each);
        }
      },
    };
  },
});
