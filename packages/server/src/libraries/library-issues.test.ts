import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistry, operators } from '@penstock/operators';
import { librariesOf, mayUse } from './library-catalogue.ts';
import { libraryIssues, stagesNeeding } from './library-issues.ts';

const registry = createRegistry(operators);
const stageNameOf = (id: string): string => operators.find((operator) => operator.id === id)?.stageName ?? '';
const documentOf = (...ids: readonly string[]) => ({
  pipelineConfig: { stages: ids.map((id, at) => ({ instanceName: `Stage_0${at}`, stageName: stageNameOf(id) })) },
});

test('a library has its operators, the base library is none that could be installed, and the newest is recommended', () => {
  const libraries = librariesOf(registry);
  assert.deepEqual(
    libraries.map(({ library, isRecommended }) => [library, isRecommended]),
    [
      ['0.1.0', false],
      ['0.2.0', false],
      ['0.3.0', false],
      ['0.4.0', true],
    ],
  );
  const inAll = new Set(libraries.flatMap((library) => library.operators.map(({ id }) => id)));
  assert.ok(inAll.has('point-selector') && !inAll.has('edh-kafka-consumer') && !inAll.has('trash'));
  for (const definition of operators) assert.equal(mayUse(definition, []), !inAll.has(definition.id), definition.id);
});

test('libraries are ordered by their numbers, not their letters', () => {
  const made = ['0.10.0', '0.9.0'].map((library) => ({ id: library, label: library, libraries: [library] }));
  assert.deepEqual(
    librariesOf({ definitions: made as never }).map(({ library }) => library),
    ['0.9.0', '0.10.0'],
  );
});

test('a stage whose operator is in no installed library is told, with its place and what to do', () => {
  const document = documentOf('edh-kafka-consumer', 'point-selector', 'trash');
  const [issue, ...more] = libraryIssues(registry, document, []);
  assert.deepEqual(
    [issue?.code, issue?.path, issue?.stage, more],
    ['STAGE_LIBRARY_NOT_INSTALLED', '/pipelineConfig/stages/1/library', 'Stage_01', []],
  );
  assert.match(issue?.message ?? '', /"Point Selector".*0\.1\.0, 0\.2\.0.*penstock libraries install 0\.4\.0/);
  assert.deepEqual(libraryIssues(registry, document, ['0.2.0']), []);
  assert.equal(libraryIssues(registry, document, ['0.0.1']).length, 1);
});

test('a library is needed where no other one that is installed has the operator', () => {
  const document = documentOf('edh-kafka-consumer', 'point-selector', 'trash');
  assert.deepEqual(stagesNeeding(registry, document, ['0.1.0'], '0.1.0'), ['Stage_01']);
  assert.deepEqual(stagesNeeding(registry, document, ['0.1.0', '0.4.0'], '0.1.0'), []);
  assert.deepEqual(stagesNeeding(registry, documentOf('trash'), ['0.1.0'], '0.1.0'), []);
});
