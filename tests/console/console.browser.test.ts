import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { accessJourneys } from './access-journeys.ts';
import { alarmJourneys } from './alarm-journeys.ts';
import { assetJourneys } from './asset-journeys.ts';
import { complaintsOf, lookAt, newContext, openBrowser, takePicture } from './browser.ts';
import { clusterJourneys } from './cluster-journeys.ts';
import { connectionJourneys } from './connection-journeys.ts';
import { Demo } from './demo.ts';
import { designerJourneys } from './design/designer-journeys.ts';
import { templateJourneys } from './design/template-journeys.ts';
import { everyPage } from './every-page.ts';
import { PASSWORD, peopleJourneys } from './people-journeys.ts';
import { resourceJourneys } from './resource-journeys.ts';
import { topicJourneys } from './topic-journeys.ts';

// One demo for all: the tests go on where the one before left it, as somebody does who looks around.

/** Script of the first page as it is sent, in bytes. */
const MAX_SCRIPT = 400_000;
const DEMO = 'Wind farm demo';

let demo: Demo;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];

before(async () => {
  [demo, browser] = await Promise.all([Demo.start(), openBrowser()]);
  context = await newContext(browser);
  page = await context.newPage();
  complaints = complaintsOf(page);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const rowOf = (name: string) => page.getByRole('row').filter({ hasText: name });

test('the link that npm start prints opens the console signed in, with the demo pipeline at work', async () => {
  await page.goto(demo.signInLink);
  await page.waitForURL(`**/organizations/${demo.facts.orgId}/pipelines`);
  const row = rowOf(DEMO);
  await row.getByText('Running', { exact: true }).waitFor();
  await row.getByText(/heartbeat \d+ s ago/).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  // Records are being read: the figure is not nothing.
  await row
    .getByText(/^[1-9][\d,.]*\/s$/)
    .first()
    .waitFor();
  assert.deepEqual(await lookAt(page, 'pipelines'), []);
});

test('the first page has less than 400 kB of script', async () => {
  const fresh = await context.newPage();
  const sizes: number[] = [];
  fresh.on('response', async (response) => {
    if (response.request().resourceType() === 'script')
      sizes.push(Number((await response.allHeaders())['content-length']));
  });
  await fresh.goto(demo.facts.baseUrl);
  await fresh.getByRole('row').filter({ hasText: DEMO }).waitFor();
  await fresh.close();
  assert.ok(sizes.length > 0 && sizes.every((size) => size > 0), `${sizes}`);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total < MAX_SCRIPT, `${total} bytes`);
});

test('filters stand in the address, and what matches nothing can be cleared', async () => {
  await page.keyboard.press('/');
  await page.keyboard.type('no such pipeline');
  await page.getByText('No pipeline matches these filters.').waitFor();
  assert.match(page.url(), /text=no(\+|%20)such/);
  assert.deepEqual(await lookAt(page, 'pipelines-none', ['light']), []);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await rowOf(DEMO).waitFor();
  assert.doesNotMatch(page.url(), /text=/);
});

test('the palette and the sheet of shortcuts have what can be done here', async () => {
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Go to pipelines').waitFor();
  assert.deepEqual(await lookAt(page, 'shortcuts', ['dark']), []);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await page.keyboard.type('wind farm');
  await page.getByRole('option', { name: /Wind farm demo/ }).waitFor();
  assert.deepEqual(await lookAt(page, 'palette', ['light']), []);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/pipelines/${demo.facts.pipelineId}`);
});

test('a pipeline at work shows what flows, how far each partition is, and what happened', async () => {
  await page.getByRole('heading', { name: DEMO, level: 1 }).waitFor();
  const stages = page.getByRole('table', { name: 'Stages' });
  await stages.getByRole('row').filter({ hasText: 'Three of twelve points' }).waitFor();
  const partitions = page.getByRole('table', { name: 'Partitions' });
  await partitions.getByText(/ago$/).nth(3).waitFor();
  await page.getByRole('table', { name: 'Events' }).getByText('START_ACCEPTED').first().waitFor();
  // The canvas has the same stages, and rates on the edges once two heartbeats were seen.
  await page.getByLabel('Stages of the running version').getByText('Tag off-limit values').waitFor();
  await page
    .getByLabel('Stages of the running version')
    .getByText(/^[\d,.]+\/s/)
    .first()
    .waitFor();
  const limit = page.getByRole('region', { name: 'What holds it back' });
  await limit.getByText(/^(Keeps up|Falls behind|Not known)$/).waitFor();
  assert.deepEqual(await lookAt(page, 'run'), []);
  // A stage that is chosen has lines of its own, and stands in the address.
  await stages.getByRole('button', { name: 'Tag off-limit values' }).press('Enter');
  await page.getByRole('region', { name: 'Tag off-limit values over time' }).waitFor();
  assert.match(page.url(), /stage=/);
  await page.getByLabel('Range').selectOption('day');
  await page.waitForURL(/range=day/);
  assert.deepEqual(await lookAt(page, 'run-stage'), []);
  await page.getByRole('button', { name: 'Whole pipeline' }).click();
  await page.getByRole('region', { name: 'Over time', exact: true }).waitFor();
  await page.getByLabel('Range').selectOption('hour');
  const chart = page.getByRole('img', { name: /^Records per second/ });
  await chart.locator('.u-over').hover();
  // There is something under the pointer: what was sampled is drawn.
  await chart
    .locator('.u-value')
    .filter({ hasText: /\d\d:\d\d/ })
    .waitFor();
  await takePicture(page, 'run-series');
});

test('the rate of a pipeline is changed while it runs', async () => {
  await page.getByRole('button', { name: `Change the rate of ${DEMO}` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Read rate, records/s').fill('1900');
  assert.deepEqual(await lookAt(page, 'rate', ['light']), []);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('1,900/s').waitFor();
});

test('a stop says first what is lost, and a start goes on', async () => {
  await page.getByRole('button', { name: `Stop ${DEMO}` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('State and positions will be lost.').waitFor();
  assert.deepEqual(await lookAt(page, 'stop', ['dark']), []);
  await dialog.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByText('Stopped', { exact: true }).waitFor();
  await page.getByRole('button', { name: `Start ${DEMO}` }).click();
  await dialog.getByText(/CU left/).waitFor();
  assert.deepEqual(await lookAt(page, 'start', ['light']), []);
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText('Running', { exact: true }).waitFor();
  await page.getByText(/heartbeat \d+ s ago/).waitFor();
});

test('records that a stage refused are counted, looked at in three forms, and sent back', async () => {
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  const groups = page.getByRole('table', { name: 'By pipeline, stage, cause and day' });
  await groups.getByRole('button').first().click();
  await page.waitForURL(/code=/);
  const records = page.getByRole('table', { name: 'Records' });
  await records.getByRole('button').first().click();
  await page.getByRole('button', { name: 'Bytes' }).click();
  await page.getByText(/^000000 {2}/).waitFor();
  await page.getByRole('button', { name: 'Text' }).click();
  assert.deepEqual(await lookAt(page, 'dead-letters'), []);
  await page.getByRole('button', { name: 'Replay this record' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Replay', exact: true }).click();
  await page.getByRole('dialog').getByText('1 replayed').waitFor();
  assert.deepEqual(await lookAt(page, 'replay', ['dark']), []);
  await page.keyboard.press('Escape');
  // A record is replayed once: asked again, it says why not.
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Replay this record' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Replay', exact: true }).click();
  await page
    .getByRole('dialog')
    .getByText(/was replayed before/)
    .waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  // What is wrong with it can be mended on the way.
  await page.getByRole('button', { name: 'Replay this record' }).click();
  await page.getByRole('dialog').getByLabel('Mend it first').check();
  await page.getByRole('dialog').getByLabel('What goes on instead').fill('{}');
  await page.getByRole('dialog').getByLabel('Also those that were replayed before').check();
  assert.deepEqual(await lookAt(page, 'replay-mended', ['light']), []);
  await page.getByRole('dialog').getByRole('button', { name: 'Replay', exact: true }).click();
  await page.getByRole('dialog').getByText('1 replayed').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  // It is marked, not deleted.
  const facts = page.getByRole('table', { name: 'Place in Kafka' });
  await facts.getByRole('row').filter({ hasText: 'Replayed' }).getByText(/UTC/).waitFor();
});

test('several pipelines are paused at once, with a result for each', async () => {
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await page.getByRole('checkbox', { name: `Choose ${DEMO}` }).check();
  await page.getByRole('toolbar').getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pause 1 pipelines' }).click();
  await page.getByRole('dialog').getByText(`${DEMO}: done`).waitFor();
  assert.deepEqual(await lookAt(page, 'bulk', ['dark']), []);
  await page.keyboard.press('Escape');
  await rowOf(DEMO).getByText('Paused', { exact: true }).waitFor();
});

const pick = async (query: string, operator: string) => {
  const palette = page.getByRole('region', { name: 'Operators' });
  await palette.getByRole('searchbox').fill(query);
  await palette.getByRole('button', { name: operator, exact: true }).click();
};

templateJourneys(() => page);

test('a pipeline is built from the palette, mended where a finding leads, saved and released', async () => {
  await page.getByRole('button', { name: 'New pipeline' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Made here');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/design$/);
  await pick('kafka consumer', 'EDH Kafka Consumer');
  await pick('average', 'Fixed Time Window Aggregator');
  await pick('', 'EDH Kafka Producer');
  const findings = page.getByRole('region', { name: 'Findings' });
  await findings.getByRole('button').filter({ hasText: 'Fixed Time Window' }).first().click();
  // The finding leads to where a first row is made.
  await page.locator('button:focus').filter({ hasText: 'Add a row' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByLabel('Input Point 1').fill('WindTurbine::WNAC.WindSpeed');
  await page.getByLabel('Output Point 1').fill('WindTurbine::WNAC.WindSpeed.avg');
  await page.keyboard.press('Escape');
  await page.getByText('Nothing is wrong with the document.').waitFor();
  assert.deepEqual(await lookAt(page, 'design'), []);
  await page.keyboard.press('Control+z');
  await findings.getByRole('button').first().waitFor();
  await page.keyboard.press('Control+Shift+Z');
  await page.keyboard.press('Control+s');
  await page.getByText('Saved.', { exact: true }).waitFor();
  await page.getByText('No errors', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Release …' }).click();
  await page.getByRole('dialog').getByText('It becomes version 1.').waitFor();
  assert.deepEqual(await lookAt(page, 'release', ['dark']), []);
  await page.getByRole('dialog').getByRole('button', { name: 'Release', exact: true }).click();
  await page.getByText('Version 1 is released.').waitFor();
});

test('stages are inserted, disconnected and connected by keys alone, and what cannot be says why', async () => {
  const structure = page.getByRole('region', { name: 'Structure' });
  await page.getByRole('button', { name: 'Structure' }).press('Enter');
  await structure.getByRole('button', { name: /^Insert a stage between EDH Kafka Consumer/ }).press('Enter');
  await page.getByRole('dialog').getByRole('searchbox').fill('javascript');
  await page.keyboard.press('Enter');
  await structure.getByRole('button', { name: 'JavaScript', exact: true }).waitFor();
  const choice = structure.getByLabel('Connect Fixed Time Window Aggregator');
  await choice.focus();
  const options = choice.getByRole('option');
  assert.match((await options.allTextContents()).join('; '), /EDH Kafka Consumer: A source has no input\./);
  assert.match((await options.allTextContents()).join('; '), /JavaScript: Records would go round in a circle\./);
  await structure.getByRole('button', { name: 'JavaScript', exact: true }).press('Enter');
  await page.keyboard.press('Control+Delete');
  await structure.getByText('→ Fixed Time Window Aggregator').waitFor();
  assert.equal(await structure.getByRole('button', { name: 'JavaScript', exact: true }).count(), 0);
});

test('the document as text is the same document', async () => {
  await page.getByRole('button', { name: 'Text', exact: true }).click();
  await page.getByRole('textbox', { name: 'Document as text' }).getByText('"EDHKafkaConsumer_01"').first().waitFor();
  assert.deepEqual(await lookAt(page, 'design-text'), []);
  await page.getByRole('button', { name: 'Text', exact: true }).click();
});

test('who saves second is told who was first, and loses nothing', async () => {
  const other = await context.newPage();
  await other.goto(page.url());
  for (const [each, name] of [
    [other, 'Theirs'],
    [page, 'Mine'],
  ] as const) {
    await each.getByRole('button', { name: 'Structure' }).click();
    await each
      .getByRole('region', { name: 'Structure' })
      .getByRole('button', { name: 'EDH Kafka Producer', exact: true })
      .click();
    await each.getByLabel('Name of the stage').fill(name);
    await each.getByRole('button', { name: 'Save', exact: true }).click();
    if (each === other) await each.getByText('Saved.', { exact: true }).waitFor();
  }
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Nothing of yours is lost.').waitFor();
  await dialog.getByText('Theirs → Mine').waitFor();
  assert.deepEqual(await lookAt(page, 'conflict', ['light']), []);
  await dialog.getByRole('button', { name: 'Save mine over it' }).click();
  await page.getByText('Saved.', { exact: true }).waitFor();
  await other.close();
  await page.getByRole('button', { name: 'Versions' }).click();
  await dialog.getByRole('button', { name: /^1/ }).click();
  await dialog.getByText('has changed').first().waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

designerJourneys({
  page: () => page,
  orgId: () => demo.facts.orgId,
  demoDesign: () => `${demo.facts.baseUrl}/organizations/${demo.facts.orgId}/pipelines/${demo.facts.pipelineId}/design`,
  deadLetters: () => `${demo.facts.baseUrl}/organizations/${demo.facts.orgId}/dead-letters`,
});

test('all of it is there in Chinese', async () => {
  await page.getByRole('button', { name: /中文/ }).click();
  await page.getByRole('region', { name: '预览' }).waitFor();
  await page.getByRole('button', { name: '结构' }).click();
  await page.getByRole('region', { name: '结构' }).waitFor();
  assert.deepEqual(await lookAt(page, 'design-zh'), []);
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await page.getByRole('heading', { name: '管道' }).waitFor();
  await rowOf(DEMO).getByText('已暂停', { exact: true }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  assert.deepEqual(await lookAt(page, 'pipelines-zh'), []);
  await page.getByRole('link', { name: DEMO, exact: true }).click();
  await page.getByRole('heading', { name: '分区' }).waitFor();
  await page.getByRole('table', { name: '阶段' }).waitFor();
  await takePicture(page, 'run-zh');
  await page.goto(`${demo.facts.baseUrl}/organizations/${demo.facts.orgId}/dead-letters`);
  const told = page.waitForResponse(/\/api\/v1\/codes\/\w+\?language=zh/);
  await page.getByRole('table', { name: '记录' }).getByRole('button').first().click();
  await page.getByRole('button', { name: '重放此记录' }).waitFor();
  // What a code means and what to do is in Chinese too.
  const { meaning } = (await (await told).json()) as { meaning: string };
  assert.match(meaning, /\p{Script=Han}/u);
  await page.getByText(meaning).waitFor();
  assert.deepEqual(await lookAt(page, 'dead-letters-zh'), []);
  await page.getByRole('button', { name: /English/ }).click();
});

topicJourneys({ page: () => page, orgId: () => demo.facts.orgId });
assetJourneys(() => page);

test('operators are found by what they do, each with its reference', async () => {
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  const list = page.getByRole('navigation', { name: 'Operators by category' });
  await list.waitFor(); // the page before has a search box as well
  await page.getByRole('searchbox').fill('average');
  await list.getByRole('link', { name: 'Fixed Time Window Aggregator', exact: true }).click();
  await page.waitForURL(/text=average/);
  await page.getByRole('table', { name: 'What can be set' }).getByText('inputOutput[].windowSize').waitFor();
  assert.deepEqual(await lookAt(page, 'library'), []);
  await page.getByRole('searchbox').fill('no such operator');
  await page.getByText('Nothing matches.').waitFor();
});

peopleJourneys(() => page);

connectionJourneys(() => page);
accessJourneys(() => page);
resourceJourneys(() => page);
alarmJourneys({
  page: () => page,
  demoRun: () => `${demo.facts.baseUrl}/organizations/${demo.facts.orgId}/pipelines/${demo.facts.pipelineId}`,
});

clusterJourneys({
  page: () => page,
  demoRun: () => `${demo.facts.baseUrl}/organizations/${demo.facts.orgId}/pipelines/${demo.facts.pipelineId}`,
});

everyPage({
  page: () => page,
  baseUrl: () => demo.facts.baseUrl,
  params: () => ({
    orgId: demo.facts.orgId,
    pipelineId: demo.facts.pipelineId,
    topic: `MEASURE_POINT_INTERNAL_${demo.facts.orgId}`,
  }),
});

test('an address of nothing says so, and scripts had nothing to complain of', async () => {
  await page.goto(`${demo.facts.baseUrl}/no/such/page`);
  await page.getByText('There is no such page.').waitFor();
  assert.deepEqual(await lookAt(page, 'not-found'), []);
  assert.deepEqual(complaints, []);
});

test('who signs out is out, and comes in with the password', async () => {
  await page.goto(demo.facts.baseUrl);
  await page.getByRole('button', { name: /Sign out/ }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.deepEqual(await lookAt(page, 'sign-in'), []);
  const chinese = await newContext(browser, 'zh-CN');
  // A browser of one process keeps one local storage for all its contexts; a new reader has chosen nothing yet.
  await chinese.addInitScript("if (location.protocol === 'http:') localStorage.clear();");
  const other = await chinese.newPage();
  await other.goto(demo.facts.baseUrl);
  await other.getByRole('heading', { name: '登录' }).waitFor();
  assert.deepEqual(await lookAt(other, 'sign-in-zh'), []);
  // The password that was set since is good to come in with; a browser of one process shares cookies as well.
  await page.reload();
  await page.getByLabel('E-mail address').fill('admin@localhost');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await rowOf(DEMO).waitFor();
});
