import type { JsonObject } from '@penstock/model';
import type { Locator, Page } from 'playwright-core';
import { newContext, openBrowser } from '../browser.ts';
import { Demo } from '../demo.ts';
import { type FrameTimes, frameTimesOf } from './frame-times.ts';
import { serveMany } from './many.ts';

const STAGES = 200;
const ROWS = 10_000;
const PIPELINES = 1000;
const LETTERS = 10_000;
/** Steps of a pan or a scroll; between two the browser has time for a frame. */
const STEPS = 60;

/** The stage of the chain that has a table. */
const TABLE_AT = 2;
const rowsOf = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, index) => ({ inputPoint: `Model::in${index}`, outputPoint: `Model::out${index}` }));

/** A row of a chain, so that the canvas has as many stages as lanes between them. */
const chainOf = (stages: number): JsonObject => {
  const names = Array.from({ length: stages }, (_, index) => `Stage_${String(index).padStart(3, '0')}`);
  const kindAt = (index: number): string => (index === 0 ? 'SOURCE' : index === stages - 1 ? 'TARGET' : 'PROCESSOR');
  const operatorAt = (index: number): string =>
    index === 0
      ? 'com_penstock_stage_origin_EDHKafkaConsumer'
      : index === stages - 1
        ? 'com_penstock_stage_destination_EDHKafkaProducer'
        : 'com_penstock_stage_processor_PointSelector';
  return {
    stages: names.map((instanceName, index) => ({
      instanceName,
      stageName: operatorAt(index),
      configuration: index === TABLE_AT ? [{ name: 'inputOutput', value: rowsOf(ROWS) }] : [],
      inputLanes: index === 0 ? [] : [`lane_${index}`],
      outputLanes: index === stages - 1 ? [] : [`lane_${index + 1}`],
      uiInfo: {
        label: `Stage ${index}`,
        stageType: kindAt(index),
        xPos: (index % 10) * 280,
        yPos: Math.floor(index / 10) * 120,
      },
    })),
  };
};

/** Moves the pointer over the canvas with its button down, there and back. */
const pan = async (page: Page, at: { readonly x: number; readonly y: number }): Promise<void> => {
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  for (let step = 0; step < STEPS; step++) {
    const way = Math.sin((step / STEPS) * 2 * Math.PI);
    await page.mouse.move(at.x + way * 250, at.y + way * 150);
  }
  await page.mouse.up();
};

const scroll = async (page: Page, at: { readonly x: number; readonly y: number }, by: number): Promise<void> => {
  await page.mouse.move(at.x, at.y);
  for (let step = 0; step < STEPS; step++) await page.mouse.wheel(0, step < STEPS / 2 ? by : -by);
};

const type = async (page: Page, field: Locator): Promise<void> => {
  await field.click();
  await page.keyboard.press('End');
  for (let step = 0; step < STEPS / 2; step++) await page.keyboard.press('x');
};

const middleOf = async (page: Page, name: string): Promise<{ x: number; y: number }> => {
  const box = await page.getByRole('region', { name }).first().boundingBox();
  if (box === null) throw new Error(`"${name}" is not shown`);
  return { x: box.x + box.width / 2, y: box.y + Math.min(box.height, 500) / 2 };
};

/** Scrolls a list to its end until all rows of it are there. */
const loadAll = async (page: Page, name: string, total: number): Promise<void> => {
  const at = await middleOf(page, name);
  await page.mouse.move(at.x, at.y);
  const table = page.getByRole('table', { name });
  while (Number(await table.getAttribute('aria-rowcount')) <= total) await page.mouse.wheel(0, 100_000);
};

/** Each scene by its name. */
export const measured = async (): Promise<Readonly<Record<string, FrameTimes>>> => {
  const demo = await Demo.start();
  const browser = await openBrowser();
  try {
    const { baseUrl, orgId, pipelineId } = demo.facts;
    const page = await (await newContext(browser)).newPage();
    await page.goto(demo.signInLink);
    await page.getByRole('row').filter({ hasText: 'Wind farm demo' }).waitFor();
    const home = `${baseUrl}/organizations/${orgId}`;
    const scenes: Record<string, FrameTimes> = {};

    await serveMany(page, /\/organizations\/[^/]+\/pipelines\?/, {
      total: PIPELINES,
      row: (first, index) => ({ ...first, pipelineId: `${first.pipelineId}-${index}`, name: `Pipeline ${index}` }),
    });
    await page.goto(`${home}/pipelines`);
    await page.getByRole('row').filter({ hasText: 'Pipeline 0' }).first().waitFor();
    await loadAll(page, 'Pipelines', PIPELINES);
    const pipelines = await middleOf(page, 'Pipelines');
    scenes[`scrolling ${PIPELINES} pipelines`] = await frameTimesOf(page, () => scroll(page, pipelines, 700));
    await page.unrouteAll({ behavior: 'wait' });

    await serveMany(page, /\/organizations\/[^/]+\/dead-letters\?/, {
      total: LETTERS,
      row: (first, index) => ({ ...first, id: `0-${index}` }),
    });
    await page.goto(`${home}/dead-letters`);
    await page.getByRole('table', { name: 'Records' }).getByRole('button').first().waitFor();
    await loadAll(page, 'Records', LETTERS);
    const letters = await middleOf(page, 'Records');
    scenes[`scrolling ${LETTERS} dead letters`] = await frameTimesOf(page, () => scroll(page, letters, 700));
    await page.unrouteAll({ behavior: 'wait' });

    const chain = chainOf(STAGES);
    await page.route(/\/pipelines\/[^/]+\/(document|versions\/\d)/, (route) =>
      route.fulfill({ json: chain, headers: { etag: '"1"' } }),
    );
    await page.goto(`${home}/pipelines/${pipelineId}/design`);
    await page
      .locator('.react-flow__node')
      .nth(STAGES - 1)
      .waitFor();
    const canvas = await middleOf(page, 'Stages and connections');
    scenes[`panning a canvas of ${STAGES} stages, designing`] = await frameTimesOf(page, () => pan(page, canvas));
    await page.locator('[data-id="Stage_001"]').click();
    scenes[`typing a name beside ${STAGES} stages`] = await frameTimesOf(page, () =>
      type(page, page.getByLabel('Name of the stage')),
    );
    await page.locator(`[data-id="Stage_${String(TABLE_AT).padStart(3, '0')}"]`).click();
    const cell = page.getByLabel('Input Point 1', { exact: true });
    const box = await cell.boundingBox();
    if (box === null) throw new Error('no table is shown');
    scenes[`scrolling a table of ${ROWS} rows`] = await frameTimesOf(page, () => scroll(page, box, 700));
    scenes[`typing into a table of ${ROWS} rows`] = await frameTimesOf(page, () => type(page, cell));
    // What was typed is not kept: the browser is not to ask.
    page.on('dialog', (dialog) => void dialog.accept());
    await page.goto(`${home}/pipelines/${pipelineId}`);
    await page
      .locator('.react-flow__node')
      .nth(STAGES - 1)
      .waitFor();
    const run = await page.locator('.react-flow__pane').boundingBox();
    if (run === null) throw new Error('no canvas is shown');
    const middle = { x: run.x + run.width / 2, y: run.y + 12 };
    scenes[`panning a canvas of ${STAGES} stages, running`] = await frameTimesOf(page, () => pan(page, middle));
    return scenes;
  } finally {
    await browser.close();
    await demo.stop();
  }
};
