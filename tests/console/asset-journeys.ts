import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { lookAt } from './browser.ts';

const file = (name: string, text: string) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(text),
});
const plant = (modelId: string) =>
  JSON.stringify({
    assets: [
      { assetId: 't1', modelId, name: 'Turbine 1', timezone: '+08:00', attributes: { ratedPower: 2.5 } },
      { assetId: 't2', modelId, name: 'Turbine 2', tags: { site: 'north' } },
    ],
    trees: [
      {
        treeId: 'sites',
        nodes: [
          { assetId: 't1', parentId: null },
          { assetId: 't2', parentId: 't1' },
        ],
      },
    ],
  });

/** Models and assets: taken in from files, looked for, looked at. The models of the designer's journeys are there. */
export const assetJourneys = (pageOf: () => Page): void => {
  test('a file of assets says what is wrong where, then what it would change, and is taken in', async () => {
    const page = pageOf();
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    // Those of the demo's farm.
    await page.getByRole('table', { name: 'Assets by id' }).getByText('Demo wind farm').waitFor();
    await page.getByRole('button', { name: 'Import …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('File').setInputFiles(file('plant.json', plant('Turbine')));
    await dialog.getByRole('alert').getByText('/assets/0/modelId').waitFor();
    assert.deepEqual(await lookAt(page, 'assets-wrong', ['dark']), []);
    await dialog.getByLabel('File').setInputFiles(file('plant.json', plant('WindTurbine')));
    await dialog.getByText('Nothing has changed yet.').waitFor();
    assert.deepEqual(await lookAt(page, 'assets-import', ['light']), []);
    await dialog.getByRole('button', { name: 'Take it in' }).click();
    await dialog.getByText('It was taken in:').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Import …' }).click();
    await dialog.getByLabel('File').setInputFiles(file('more.csv', 'assetId,modelId,name\nt3,WindTurbine,Turbine 3\n'));
    await dialog.getByLabel('What the rows are').selectOption('assets');
    await dialog.getByRole('button', { name: 'Try it' }).click();
    await dialog.getByText('Nothing has changed yet.').waitFor();
    await dialog.getByRole('button', { name: 'Take it in' }).click();
    await dialog.getByText('It was taken in:').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    const assets = page.getByRole('table', { name: 'Assets by id' });
    await assets.getByText('Turbine 3').waitFor();
    assert.deepEqual(await lookAt(page, 'assets'), []);
  });

  test('assets are looked for, and an asset and a model are looked at', async () => {
    const page = pageOf();
    const assets = page.getByRole('table', { name: 'Assets by id' });
    await page.getByRole('searchbox').fill('turb north');
    await page.waitForURL(/text=turb/);
    await assets.getByText('Turbine 1').waitFor({ state: 'detached' });
    await assets.getByText('site::north').waitFor();
    // What is typed follows the address: where all are shown again, the field is empty.
    await page.getByRole('searchbox').fill('no such turbine');
    await page.getByText('No asset matches.').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await assets.getByText('Turbine 1').waitFor();
    assert.equal(await page.getByRole('searchbox').inputValue(), '');
    await page.getByLabel('Tree').selectOption('sites');
    await assets.getByText('Turbine 3').waitFor({ state: 'detached' });
    const tree = page.getByRole('region', { name: 'Tree sites' });
    await tree.getByRole('button', { name: 'Show what is below Turbine 1' }).press('Enter');
    await tree.getByRole('button', { name: 'Turbine 2', exact: true }).waitFor();
    assert.deepEqual(await lookAt(page, 'assets-tree'), []);
    await tree.getByRole('button', { name: 'Turbine 1', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('sites: at the top').waitFor();
    await dialog.getByText('2.5').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Points of WindTurbine' }).click();
    await dialog.getByText('WNAC.WindSpeed').waitFor();
    assert.deepEqual(await lookAt(page, 'assets-points', ['light']), []);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });
};
