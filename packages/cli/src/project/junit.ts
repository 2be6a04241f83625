import type { CaseResult } from './run-cases.ts';

/** Results in the form that build servers read. */
export const junitOf = (results: readonly CaseResult[]): string => {
  const suites = Map.groupBy(results, ({ pipeline }) => pipeline);
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${countsOf(results)}>`];
  for (const [pipeline, cases] of suites) {
    lines.push(`  <testsuite name="${xmlText(pipeline)}" ${countsOf(cases)}>`);
    for (const { name, durationMs, differences } of cases) {
      const head = `    <testcase classname="${xmlText(pipeline)}" name="${xmlText(name)}" time="${durationMs / 1000}"`;
      if (differences.length === 0) lines.push(`${head}/>`);
      else {
        const text = differences.join('\n');
        const first = text.split('\n', 1)[0] ?? '';
        lines.push(
          `${head}>`,
          `      <failure message="${xmlText(first)}">${xmlText(text)}</failure>`,
          '    </testcase>',
        );
      }
    }
    lines.push('  </testsuite>');
  }
  return `${[...lines, '</testsuites>'].join('\n')}\n`;
};

const countsOf = (results: readonly CaseResult[]): string =>
  `tests="${results.length}" failures="${results.filter(({ differences }) => differences.length > 0).length}" ` +
  `time="${results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000}"`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML cannot hold at all are shown as such. */
const xmlText = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
