import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { lookAt } from '../browser.ts';

const CLI = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));

interface Means {
  /** Where the tests before it left it: in the designer of the pipeline that was made. */
  readonly page: () => Page;
  readonly orgId: () => string;
  /** Address of the designer of the demo pipeline. */
  readonly demoDesign: () => string;
  readonly deadLetters: () => string;
}

/** What the asset store has for the points of the demo; put there as a program would. */
const MODELS = {
  models: [
    {
      modelId: 'WindTurbine',
      name: 'Wind turbine',
      points: [
        { pointId: 'WNAC.WindSpeed', name: 'Wind speed', unit: 'm/s' },
        { pointId: 'WGEN.ActivePower', name: 'Active power', unit: 'kW' },
      ],
    },
  ],
};

const importModels = (page: Page, orgId: string): Promise<number> =>
  page.evaluate(
    async ([id, body]) => {
      const session = (await (await fetch('/api/v1/session')).json()) as { csrfToken: string };
      const headers = { 'content-type': 'application/json', 'x-csrf-token': session.csrfToken };
      const answer = await fetch(`/api/v1/organizations/${id}/assets/import`, { method: 'POST', headers, body });
      return answer.status;
    },
    [orgId, JSON.stringify(MODELS)] as const,
  );

const saved = async (page: Page, button: Locator): Promise<string> => {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return readFile(await download.path(), 'utf8');
};

/** What a preview showed is a case, which passes with the document it was run with and fails with another one. */
const savesCase = async (page: Page): Promise<void> => {
  const cases = await saved(page, page.getByRole('button', { name: 'Save as a test case' }));
  const document = await saved(page, page.getByRole('button', { name: 'Export', exact: true }));
  const folder = await mkdtemp(join(tmpdir(), 'penstock-console-case-'));
  try {
    await mkdir(join(folder, 'pipelines/demo/cases'), { recursive: true });
    await writeFile(join(folder, 'penstock.yaml'), 'formatVersion: 1\n');
    await writeFile(join(folder, 'pipelines/demo/pipeline.json'), document);
    await writeFile(join(folder, 'pipelines/demo/cases/seen.json'), cases);
    const test = () => spawnSync(process.execPath, ['--no-node-snapshot', CLI, 'test', folder], { encoding: 'utf8' });
    const passed = test();
    assert.equal(passed.status, 0, passed.stdout + passed.stderr);
    await writeFile(join(folder, 'pipelines/demo/cases/seen.json'), cases.replace('not-selected', 'never-said'));
    assert.equal(test().status, 1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** What goes beyond drawing and saving: picking, completing, dropping, files, and the preview. */
export const designerJourneys = ({ page: pageOf, orgId, demoDesign, deadLetters }: Means): void => {
  const structureOf = (page: Page) => page.getByRole('region', { name: 'Structure' });

  test('topics and points are picked by keys from what the service knows', async () => {
    const page = pageOf();
    assert.equal(await importModels(page, orgId()), 200);
    await structureOf(page).getByRole('button', { name: 'EDH Kafka Consumer', exact: true }).click();
    const topic = page.getByRole('combobox', { name: 'Topic', exact: true });
    await topic.fill('internal');
    const topics = page.getByRole('option');
    await topics.filter({ hasText: `MEASURE_POINT_INTERNAL_${orgId()}` }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.match(await topic.inputValue(), /^MEASURE_POINT_INTERNAL_/);
    await structureOf(page).getByRole('button', { name: 'Fixed Time Window Aggregator', exact: true }).click();
    const point = page.getByRole('combobox', { name: 'Input Point 1' });
    await point.fill('turbine');
    await page.getByRole('option', { name: /WindTurbine::.*Wind turbine/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    // The model leads on to its points.
    await page.getByRole('option', { name: /ActivePower.*Active power · kW/ }).waitFor();
    assert.deepEqual(await lookAt(page, 'design-pick', ['light', 'dark'], { hasOpenList: true }), []);
    await page.keyboard.type('power');
    await page
      .getByRole('option', { name: /WindSpeed/ })
      .first()
      .waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await point.inputValue(), 'WindTurbine::WGEN.ActivePower');
    await page.keyboard.press('Escape');
    assert.equal(await point.inputValue(), 'WindTurbine::WGEN.ActivePower');
  });

  test('an operator that is dropped on a connection goes into it, and what cannot be connected says why', async () => {
    const page = pageOf();
    await page.getByRole('button', { name: 'Operators', exact: true }).click();
    const palette = page.getByRole('region', { name: 'Operators' });
    await palette.getByRole('searchbox').fill('stream selector');
    const insert = page.getByRole('button', { name: /^Insert a stage between EDH Kafka Consumer/ });
    await palette.getByRole('button', { name: 'Stream Selector' }).dragTo(insert);
    await page.getByRole('button', { name: /^Insert a stage between Stream Selector/ }).waitFor();
    const canvas = page.getByRole('region', { name: 'Stages and connections' });
    const output = canvas.locator('.react-flow__node', { hasText: 'Fixed Time Window' }).locator('.source').first();
    await output.hover();
    await page.mouse.down();
    const source = await canvas.locator('.react-flow__node', { hasText: 'EDH Kafka Consumer' }).first().boundingBox();
    assert.ok(source);
    await page.mouse.move(source.x + source.width / 2, source.y + source.height / 2, { steps: 8 });
    await canvas.getByText('A source has no input.').waitFor();
    assert.deepEqual(await lookAt(page, 'design-illegal', ['light']), []);
    await page.mouse.up();
    await page.getByText(/EDH Kafka Consumer: A source has no input\./).waitFor();
  });

  test('an expression in a table is completed while it is written, and marked where it is wrong', async () => {
    const page = pageOf();
    await page.locator('.react-flow__node', { hasText: 'Stream Selector' }).click();
    await page.getByRole('button', { name: 'Add a row' }).click();
    await page.getByLabel('Condition 1').click();
    const editor = page.locator('[data-cell="0 predicate"] .cm-content');
    await editor.waitFor();
    await page.keyboard.type('${rec');
    await page
      .getByRole('option', { name: /^record:value/ })
      .first()
      .click();
    await page.keyboard.type("'/qual");
    await page.getByRole('option', { name: '/quality' }).waitFor();
    assert.deepEqual(await lookAt(page, 'design-complete'), []);
    await page.keyboard.press('Enter');
    assert.equal(await editor.innerText(), "${record:value('/quality')}");
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type(' >> 1');
    const mark = page.locator('[data-cell="0 predicate"] .cm-lintRange-error');
    await mark.waitFor();
    assert.equal(await mark.innerText(), '>');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Backspace');
    await mark.waitFor({ state: 'detached' });
  });

  test('a document goes out as a file and comes in from one, with its differences first', async () => {
    const page = pageOf();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export', exact: true }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'Made here.json');
    const text = await readFile(await download.path(), 'utf8');
    assert.match(text, /record:value\('\/quality'\) > 1/);
    await page.getByRole('button', { name: 'Import …' }).click();
    const dialog = page.getByRole('dialog');
    const file = (content: string) => ({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from(content) });
    await dialog.getByLabel('File').setInputFiles(file('[]'));
    await dialog.getByText(/holds no pipeline document/).waitFor();
    await dialog.getByLabel('File').setInputFiles(file(text.replace("'/quality') > 1", "'/quality') > 2")));
    await dialog.getByText('has changed').waitFor();
    assert.deepEqual(await lookAt(page, 'import', ['dark']), []);
    await dialog.getByRole('button', { name: 'Replace the document' }).click();
    await page.getByText('The document is that of the file. It is not saved yet.').waitFor();
    await page.getByRole('button', { name: 'Discard changes' }).click();
    await page.getByText('Not saved', { exact: true }).waitFor({ state: 'detached' });
  });

  test('a preview shows by stage what became of records, with all digits, and writes nothing', async () => {
    const page = pageOf();
    await page.goto(demoDesign());
    await page.getByRole('button', { name: 'Preview', exact: true }).click();
    const panel = page.getByRole('region', { name: 'Preview' });
    await page.keyboard.press('Control+Enter');
    await panel.getByText(/records, of the newest 20 messages asked for/).waitFor();
    await panel.getByRole('button', { name: 'Edit these and run again' }).click();
    const records = panel.getByLabel('Records', { exact: true });
    const point = (more: string) =>
      `{"orgId":"o","modelId":"WindTurbine","modelIdPath":"/Equipment/WindTurbine","assetId":"w","quality":0,"attr":{},${more}}`;
    await records.fill(
      [
        point('"pointId":"WNAC.WindSpeed","time":1700000000000,"value":9007199254740993.10'),
        point('"pointId":"WNAC.Unknown","time":1700000000001,"value":1'),
        'no record',
      ].join('\n'),
    );
    await panel.getByRole('button', { name: 'Run', exact: true }).click();
    await panel.getByText('3 messages.').waitFor();
    const stages = panel.getByRole('list', { name: 'Stages of the preview' });
    await stages.getByRole('button', { name: /^Three of twelve points/ }).click();
    await panel.getByText('not-selected').waitFor();
    await panel
      .getByText(/9007199254740993\.10/)
      .first()
      .waitFor();
    assert.deepEqual(await lookAt(page, 'preview-dropped'), []);
    await savesCase(page);
    await page.keyboard.press(']');
    const tagged = panel.getByRole('list', { name: 'Records of Tag off-limit values' });
    await tagged
      .getByRole('cell', { name: 'changed' })
      .or(tagged.getByRole('cell', { name: 'new' }))
      .first()
      .waitFor();
    assert.deepEqual(await lookAt(page, 'preview-changed'), []);
    await stages.getByRole('button', { name: /^Back to the internal topic/ }).click();
    await panel.getByText('Not written: this is what would be.').waitFor();
    await stages.getByRole('button', { name: /^Wind farm/ }).click();
    await panel.getByText('RECORD_NOT_JSON').waitFor();
    await panel.getByLabel('Which records').selectOption('letters');
    await panel.getByRole('button', { name: 'Run', exact: true }).click();
    await panel.getByText(/\d+ of \d[\d,]* dead letters, the newest\./).waitFor();
    // One of them can be brought here from its own page.
    await page.keyboard.press('Escape');
    await page.goto(`${deadLetters()}?code=RECORD_NOT_JSON`);
    await page.getByRole('table', { name: 'Records' }).getByRole('button').first().click();
    await page.getByRole('link', { name: 'Try it in the designer' }).click();
    assert.match(await records.inputValue(), /\S/);
    await panel.getByRole('button', { name: 'Run', exact: true }).click();
    await stages.getByRole('button').first().waitFor();
  });
};
