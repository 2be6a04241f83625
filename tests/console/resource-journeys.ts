import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isJsonObject, type JsonObject } from '@penstock/model';
import type { Page } from 'playwright-core';
import { exampleLibrary } from '../golden/own/own-library.ts';
import { lookAt } from './browser.ts';

const TOPIC = 'made-in-the-console';

/** The example of own libraries, with something else in its operator. */
const packageWith = (over: JsonObject): string => {
  const { operators } = exampleLibrary.package;
  const changed = Array.isArray(operators) ? operators.filter(isJsonObject) : [];
  return JSON.stringify({
    ...exampleLibrary.package,
    operators: changed.map((operator) => ({ ...operator, ...over })),
  });
};

/** What an organisation may use and uses: computing units, topics it makes, libraries of operators; and the installation. */
export const resourceJourneys = (pageOf: () => Page): void => {
  test('a topic is made within what is granted, and deleted', async () => {
    const page = pageOf();
    await page.getByRole('link', { name: 'Resources' }).click();
    const dialog = page.getByRole('dialog');
    const units = page.getByRole('table', { name: 'Computing units' });
    await units.getByText(/\d CU/).first().waitFor();
    await page.getByRole('button', { name: 'Change the grant for Message Queue' }).click();
    await dialog.getByLabel('Computing units').fill('1');
    await page.keyboard.press('Enter');
    const queue = units.getByRole('row').filter({ hasText: 'Message Queue' });
    await queue.getByText('1 CU').first().waitFor();
    await page.getByRole('button', { name: 'New topic' }).click();
    await dialog.getByLabel('Topic').fill(TOPIC);
    await dialog.getByLabel('Partitions').fill('2');
    await dialog.getByText('By itself it takes 0.2 CU of Message Queue. 1 CU are left.').waitFor();
    assert.deepEqual(await lookAt(page, 'topic-new', ['dark']), []);
    await dialog.getByRole('button', { name: 'Create' }).click();
    const row = page.getByRole('table', { name: 'Topics it has made' }).getByRole('row').filter({ hasText: TOPIC });
    await row.getByText('0.2 CU').waitFor();
    await queue.getByText('0.8 CU').waitFor();
    assert.deepEqual(await lookAt(page, 'resources'), []);
    // More than is left is refused, with what there is.
    await row.getByRole('button', { name: `Change ${TOPIC}` }).click();
    await dialog.getByLabel('Partitions').fill('20');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('alert').waitFor();
    await page.keyboard.press('Escape');
    await row.getByRole('button', { name: `Delete ${TOPIC}` }).click();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('It has made no topics.').waitFor();
  });

  test('the use of a resource is drawn over time, beside what is granted', async () => {
    const page = pageOf();
    await page.getByRole('button', { name: 'Use of Standalone Mode over time' }).press('Enter');
    await page.getByRole('img', { name: /^Standalone Mode, CU, last 30 days: Most at a time \d/ }).waitFor();
    assert.deepEqual(await lookAt(page, 'resource-use'), []);
  });

  test('a library is installed and uninstalled; one that is needed says by whom', async () => {
    const page = pageOf();
    const dialog = page.getByRole('dialog');
    const libraries = page.getByRole('table', { name: 'Libraries of operators' });
    const newest = libraries.getByRole('row').filter({ hasText: 'recommended' });
    await newest.getByText('Installed').waitFor();
    await newest.getByRole('button', { name: /^Uninstall/ }).click();
    await dialog.getByRole('table', { name: 'Stages that need it' }).getByText('Wind farm demo').first().waitFor();
    assert.equal(await dialog.getByRole('button', { name: 'Uninstall', exact: true }).isDisabled(), true);
    assert.deepEqual(await lookAt(page, 'library-used', ['light']), []);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await libraries
      .getByRole('button', { name: /^Install/ })
      .first()
      .click();
    const uninstall = libraries.getByRole('button', { name: /^Uninstall/ });
    await uninstall.nth(1).waitFor();
    await uninstall.first().click();
    await dialog.getByText('No pipeline needs it.').waitFor();
    await dialog.getByRole('button', { name: 'Uninstall', exact: true }).click();
    await uninstall.nth(1).waitFor({ state: 'detached' });
    await libraries
      .getByRole('button', { name: /^Uses of/ })
      .first()
      .click();
    await dialog.getByRole('table', { name: 'Stages that need it' }).getByText('Wind farm demo').first().waitFor();
    await page.keyboard.press('Escape');
  });

  test('a library of its own is uploaded; what is wrong with one is told by place', async () => {
    const page = pageOf();
    const dialog = page.getByRole('dialog');
    const upload = async (held: string): Promise<void> => {
      const file = { name: 'package.json', mimeType: 'application/json', buffer: Buffer.from(held) };
      await dialog.getByLabel('Package (JSON)').setInputFiles(file);
      await dialog.getByRole('button', { name: 'Check and install' }).click();
    };
    await page.getByRole('button', { name: 'Upload a library …' }).click();
    await upload('no package');
    await dialog.getByText('The file is no package: it holds no JSON object.').waitFor();
    await upload(packageWith({ category: 'nothing' }));
    await dialog.getByRole('rowheader', { name: '/operators/0/category' }).waitFor();
    await dialog.getByRole('cell', { name: '"nothing"', exact: true }).waitFor();
    assert.deepEqual(await lookAt(page, 'library-findings'), []);
    await upload(packageWith({}));
    await dialog.getByText('acme-filters@1.0.0 is installed.').waitFor();
    await page.keyboard.press('Escape');
    const own = page
      .getByRole('table', { name: 'Libraries of operators' })
      .getByRole('row')
      .filter({ hasText: 'acme-filters@1.0.0' });
    await own.getByText('the organisation’s own').waitFor();
    assert.deepEqual(await lookAt(page, 'library-own'), []);
    await own.getByRole('button', { name: 'Uninstall acme-filters@1.0.0' }).click();
    await dialog.getByRole('button', { name: 'Uninstall', exact: true }).click();
    await own.waitFor({ state: 'detached' });
  });

  test('resources and the installation are there in Chinese', async () => {
    const page = pageOf();
    await page.getByRole('button', { name: /中文/ }).click();
    await page.getByRole('heading', { name: '算子库' }).waitFor();
    assert.deepEqual(await lookAt(page, 'resources-zh', ['dark']), []);
    await page.keyboard.press('g');
    await page.keyboard.press('y');
    await page.getByRole('heading', { name: '系统', level: 1 }).waitFor();
    await page.getByText('一切正常。').waitFor();
    assert.deepEqual(await lookAt(page, 'system-zh', ['light']), []);
    await page.getByRole('button', { name: /English/ }).click();
    await page.getByText('All is well.').waitFor();
    await page.getByRole('table', { name: 'What grows' }).getByText('audit_entries').waitFor();
    assert.deepEqual(await lookAt(page, 'system'), []);
  });
};
