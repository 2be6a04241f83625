import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseOptions, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser';

// The import rules as `npm run check:imports` has them, on a small project in which every one of them is broken: a rule
// whose pattern fits nothing would pass for ever.

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const textOf = (name: string): string => readFileSync(join(root, name), 'utf8');

interface RuleFile extends IFlattenedRuleSet {
  readonly options: ICruiseOptions & { readonly enhancedResolveOptions: object };
}
interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** The commands of the script, each with its rule file and the folders it looks at. */
const commands = [
  ...((JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }).scripts['check:imports']?.matchAll(
    /depcruise --config (\S+) ([a-z ]+)/g,
  ) ?? []),
].map(([, file = '', folders = '']) => ({
  rules: JSON.parse(textOf(file)) as RuleFile,
  folders: folders.trim().split(' '),
}));

/** Each rule with files that break it: who imports whom, by path or by name. */
const BROKEN: Readonly<Record<string, readonly (readonly [from: string, specifier: string])[]>> = {
  'no-cycles': [
    ['packages/model/src/hen.ts', './egg.ts'],
    ['packages/model/src/egg.ts', './hen.ts'],
  ],
  'no-deep-imports': [
    ['packages/server/src/deep.ts', '../../engine/src/inner.ts'],
    ['tests/deep/deep.ts', '../../packages/kafka/src/index.ts'],
    ['bench/src/deep.ts', '../../packages/engine/src/inner.ts'],
    ['dev/src/deep.ts', '../../packages/engine/src/inner.ts'],
    ['packages/server/src/deep.test.ts', '../../engine/src/inner.ts'],
  ],
  'nobody-imports-bench': [
    ['packages/testkit/src/likes-bench.ts', '@penstock/bench'],
    ['tests/likes-bench.test.ts', '@penstock/bench'],
    ['dev/src/likes-bench.ts', '@penstock/bench'],
  ],
  'nobody-imports-tests': [
    ['packages/testkit/src/likes-tests.ts', '../../../tests/inner.ts'],
    ['bench/src/likes-tests.ts', '../../tests/inner.ts'],
  ],
  'harness-only-in-tests': [
    ['packages/worker/src/harnessed.ts', '@penstock/testkit'],
    ['packages/server/src/harnessed.ts', '@penstock/dev'],
  ],
  'tests-know-no-server-code': [
    ['tests/inside.test.ts', '@penstock/server'],
    ['bench/src/inside.ts', '@penstock/cli'],
    ['packages/testkit/src/inside.ts', '@penstock/server'],
  ],
  'model-is-the-bottom': [['packages/model/src/upward.ts', '@penstock/engine']],
  'expression-imports-model-only': [['packages/expression/src/upward.ts', '@penstock/engine']],
  'expression-touches-nothing-outside': [['packages/expression/src/outside.ts', 'node:crypto']],
  'engine-imports-model-and-expression': [['packages/engine/src/upward.ts', '@penstock/operators']],
  'engine-is-ports-only': [['packages/engine/src/outside.ts', 'node:fs']],
  'operators-import-engine-and-model': [['packages/operators/src/upward.ts', '@penstock/kafka']],
  'kafka-imports-engine-and-model': [['packages/kafka/src/upward.ts', '@penstock/operators']],
  'connections-import-model-only': [['packages/connections/src/upward.ts', '@penstock/engine']],
  'modes-import-model-only': [['packages/modes/src/upward.ts', '@penstock/kafka']],
  'modes-know-nothing-of-each-other': [
    ['packages/modes/src/standalone/other.ts', '../yarn/inner.ts'],
    ['packages/modes/src/yarn/other.ts', '../standalone/inner.ts'],
  ],
  'modes-are-used-by-the-server': [['packages/worker/src/moded.ts', '@penstock/modes']],
  'worker-knows-no-server': [['packages/worker/src/upward.ts', '@penstock/server']],
  'server-knows-no-worker-code': [['packages/server/src/service/working.ts', '@penstock/worker']],
  'server-assembly-is-the-roof': [['packages/server/src/http/assembling.ts', '../service.ts']],
  'server-http-is-the-top-storey': [['packages/server/src/pipelines/spoken.ts', '../http/inner.ts']],
  'server-runs-know-no-subject': [['packages/server/src/runs/subject.ts', '../pipelines/inner.ts']],
  'server-use-cases-know-no-run': [['packages/server/src/use-case/run.ts', '../runs/inner.ts']],
  'outbound-imports-model-only': [['packages/outbound/src/upward.ts', '@penstock/engine']],
  'server-store-and-settings-are-the-bottom': [['packages/server/src/store/upward.ts', '../use-case/inner.ts']],
  'cli-imports-client-only': [['packages/cli/src/commands/upward.ts', '@penstock/engine']],
  'cli-tests-pipelines-with-the-engine': [['packages/cli/src/project/upward.ts', '@penstock/kafka']],
  'client-imports-nothing': [['packages/client/src/upward.ts', '@penstock/model']],
  'console-imports-client-only': [['packages/console/src/upward.ts', '@penstock/model']],
  'console-runs-in-browsers': [['packages/console/src/outside.ts', 'node:fs']],
  'console-builds-itself': [['packages/console/src/building.ts', '../build/inner.ts']],
  'nobody-imports-the-console': [['packages/server/src/consoled.ts', '@penstock/console']],
  'no-circle-of-folders': ['packages/server', 'packages/kafka', 'packages/testkit', 'dev', 'bench', 'tests'].flatMap(
    (at) => [
      [`${at}/src/left/one.ts`, '../right/two.ts'] as const,
      [`${at}/src/right/three.ts`, '../left/four.ts'] as const,
    ],
  ),
};

/** What must stay allowed. */
const SOUND: readonly (readonly [from: string, specifier: string])[] = [
  ['packages/server/src/pipelines/sound.ts', '@penstock/engine'],
  ['packages/server/src/http/sound.ts', '../pipelines/inner.ts'],
  ['packages/server/src/sound.test.ts', '@penstock/testkit'],
  ['packages/cli/src/project/sound.ts', '@penstock/operators'],
  ['packages/engine/src/sound.ts', 'node:buffer'],
  ['tests/sound.test.ts', '@penstock/testkit'],
  ['bench/src/sound.ts', '@penstock/kafka'],
  ['packages/console/src/sound.ts', '@penstock/client'],
  ['packages/console/src/sound.test.ts', '@penstock/model'],
  ['dev/src/sound.ts', '@penstock/modes'],
];

let folder: string;
const violations: Violation[] = [];

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-imports-'));
  const names = [
    ...'cli client console engine expression kafka model modes operators server testkit worker'.split(' '),
  ];
  const workspaces = [...names.map((name) => `packages/${name}`), 'dev', 'bench', 'tests'];
  write(
    'package.json',
    JSON.stringify({ private: true, type: 'module', workspaces: ['packages/*', 'dev', 'bench', 'tests'] }),
  );
  mkdirSync(join(folder, 'node_modules/@penstock'), { recursive: true });
  for (const workspace of workspaces) {
    const name = `@penstock/${workspace.split('/').at(-1)}`;
    write(`${workspace}/package.json`, JSON.stringify({ name, type: 'module', exports: { '.': './src/index.ts' } }));
    symlinkSync(join('..', '..', workspace), join(folder, 'node_modules', name));
  }
  const planted = [...Object.values(BROKEN).flat(), ...SOUND];
  const isByPath = (specifier: string): boolean => specifier.startsWith('.');
  const targets = planted.flatMap(([from, to]) => (isByPath(to) ? [join(dirname(from), to)] : []));
  for (const path of [...targets, ...workspaces.map((each) => `${each}/src/index.ts`)]) write(path, 'export {};\n');
  for (const [from, to] of planted) write(from, `import '${to}';\n`);
  for (const { rules, folders } of commands) {
    const { enhancedResolveOptions, ...options } = rules.options;
    const { output } = await cruise(
      folders,
      { ...options, baseDir: folder, validate: true, ruleSet: rules },
      enhancedResolveOptions,
    );
    for (const { rule, from, to } of (output as ICruiseResult).summary.violations)
      violations.push({ rule: rule.name, from, to });
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('every import rule is broken here', () => {
  const rules = commands.flatMap((command) => command.rules.forbidden ?? []).map(({ name }) => name);
  assert.deepEqual(rules.sort(), Object.keys(BROKEN).sort());
});

describe('an import that breaks a rule is told, with the name of the rule', () => {
  for (const [rule, broken] of Object.entries(BROKEN))
    test(rule, () => {
      // Circles of folders are told by folder.
      const placeOf = (file: string): string => (rule === 'no-circle-of-folders' ? dirname(file) : file);
      const found = violations.filter((each) => each.rule === rule);
      // A circle of files is told once, from one of them.
      const told = new Set(found.flatMap(({ from, to }) => (rule === 'no-cycles' ? [from, to] : [from])));
      assert.deepEqual(
        broken.map(([from]) => placeOf(from)).filter((from) => !told.has(from)),
        [],
      );
    });
});

test('what is allowed stays allowed', () => {
  const sound = new Set(SOUND.map(([from]) => from));
  assert.deepEqual(
    violations.filter(({ from }) => sound.has(from)),
    [],
  );
});
