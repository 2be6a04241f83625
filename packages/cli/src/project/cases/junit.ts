import type { CaseResult } from './run-cases.ts';

/** Results in the form that build servers read (the attributes of JUnit's report that all of them know). */
export const junitOf = (results: readonly CaseResult[]): string => {
  const suites = Map.groupBy(results, ({ pipeline }) => pipeline);
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites name="penstock test" ${countsOf(results)}>`];
  for (const [pipeline, cases] of suites) {
    lines.push(`  <testsuite name="${xmlText(pipeline)}" ${countsOf(cases)}>`);
    for (const { title, file, line, durationMs, differences } of cases) {
      const head = `    <testcase classname="${xmlText(pipeline)}" name="${xmlText(title)}" time="${durationMs / 1000}"`;
      if (differences.length === 0) lines.push(`${head}/>`);
      else {
        const first = differences[0]?.split('\n', 1)[0] ?? '';
        const text = [line === undefined ? file : `${file}:${line}`, ...differences].join('\n');
        lines.push(
          `${head}>`,
          `      <failure type="difference" message="${xmlText(first)}">${xmlText(text)}</failure>`,
          '    </testcase>',
        );
      }
    }
    lines.push('  </testsuite>');
  }
  return `${[...lines, '</testsuites>'].join('\n')}\n`;
};

const countsOf = (results: readonly CaseResult[]): string =>
  `tests="${results.length}" failures="${results.filter(({ differences }) => differences.length > 0).length}" errors="0" ` +
  `time="${results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000}"`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML cannot hold at all are shown as such. */
const xmlText = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
