import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { lookAt } from '../browser.ts';

/** Pipelines that begin with something: stages, or the form of a template. The page is the list of pipelines, and is it again. */
export const templateJourneys = (pageOf: () => Page): void => {
  const begin = async (page: Page, way: string, name: string): Promise<void> => {
    await page.getByRole('button', { name: 'New pipeline' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: way }).check();
    await dialog.getByLabel('Name').fill(name);
  };
  const toList = async (page: Page): Promise<void> => {
    await page.keyboard.press('g');
    await page.keyboard.press('p');
  };

  test('a pipeline begins with some stages, and its findings say what is left to be told', async () => {
    const page = pageOf();
    await begin(page, 'Marks on values out of their limits', 'From some stages');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/design$/);
    const findings = page.getByRole('region', { name: 'Findings' });
    await findings.getByRole('button').filter({ hasText: 'Off Limit Tagger' }).first().waitFor();
    assert.equal(await page.locator('.react-flow__node').count(), 3);
    await toList(page);
    await page.getByRole('row').filter({ hasText: 'From some stages' }).waitFor();
  });

  test('a template is filled in as a form, tried, saved, released, and is a form again', async () => {
    const page = pageOf();
    await begin(page, 'Time Window Aggregation', 'From a template');
    assert.deepEqual(await lookAt(page, 'pipeline-new'), []);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/design$/);
    const form = page.getByRole('region', { name: 'Form' });
    const findings = page.getByRole('region', { name: 'Findings' });
    await findings.getByRole('button').filter({ hasText: 'Data Processing' }).click();
    await page.locator('button:focus').filter({ hasText: 'Add a row' }).press('Enter');
    await form.getByLabel('Input Point').fill('WindTurbine::WNAC.WindSpeed');
    await page.keyboard.press('Escape');
    await form.getByLabel('Output Point').fill('WindTurbine::WNAC.WindSpeed.1m');
    await page.keyboard.press('Escape');
    await form.getByLabel('Window Size').fill('a minute');
    // What is wrong stands at its field, and the finding leads there.
    const wrong = findings.getByRole('button').filter({ hasText: 'Data Processing 1, Window Size' });
    await wrong.click();
    await form.getByText(/a minute/).waitFor();
    assert.equal(await page.locator('input:focus').inputValue(), 'a minute');
    assert.deepEqual(await lookAt(page, 'template-wrong', ['light']), []);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('1m');
    await page.getByText('Nothing is wrong with the document.').waitFor();
    assert.deepEqual(await lookAt(page, 'template'), []);
    await form.getByRole('button', { name: 'As a table' }).click();
    await form.getByLabel('Window Size 1').waitFor();
    assert.deepEqual(await lookAt(page, 'template-table', ['dark']), []);
    await form.getByRole('button', { name: 'One by one' }).click();
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Control+Enter');
    const stages = page.getByRole('list', { name: 'Stages of the preview' });
    await stages.getByRole('button', { name: /^Fixed Time Window Aggregator/ }).click();
    assert.deepEqual(await lookAt(page, 'template-preview', ['dark']), []);
    await page.getByRole('button', { name: 'Close the preview' }).click();
    await page.keyboard.press('Control+s');
    await page.getByText('Saved.', { exact: true }).waitFor();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Release …' }).click();
    await dialog.getByRole('button', { name: 'Release', exact: true }).click();
    await page.getByText('Version 1 is released.').waitFor();
    await page.reload();
    assert.equal(await form.getByLabel('Window Size').inputValue(), '1m');
    await page.getByRole('button', { name: /中文/ }).click();
    await page.getByLabel('窗口长度').waitFor();
    assert.deepEqual(await lookAt(page, 'template-zh', ['light']), []);
    await page.getByRole('button', { name: /English/ }).click();
    await form.getByLabel('Window Size').fill('5m');
    await page.getByText('Nothing is wrong with the document.').waitFor();
    await page.keyboard.press('Control+s');
    await page.getByText('Saved.', { exact: true }).waitFor();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Release …' }).click();
    await dialog.getByText('Data Processing 1, Window Size').waitFor();
    await dialog.getByText('1m → 5m').waitFor();
    assert.deepEqual(await lookAt(page, 'template-release', ['dark']), []);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    // Its own page draws the stages that were frozen with the release.
    await page.getByRole('link', { name: 'To the run' }).click();
    await page.getByLabel('Stages of the running version').getByText('Threshold Selector').first().waitFor();
    await toList(page);
    await page.getByRole('row').filter({ hasText: 'From a template' }).waitFor();
  });
};
