import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { lookAt } from './browser.ts';

interface Means {
  readonly page: () => Page;
  readonly orgId: () => string;
}

/** Looking at what lies in topics. */
export const topicJourneys = ({ page: pageOf, orgId }: Means): void => {
  test('a topic is looked into by keys: the newest records, one of them in three forms, and from an offset on', async () => {
    const page = pageOf();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    const internal = `MEASURE_POINT_INTERNAL_${orgId()}`;
    await page.getByRole('searchbox').fill(`internal_${orgId()}`);
    await page.getByRole('link', { name: internal, exact: true }).press('Enter');
    await page.getByRole('heading', { name: internal, level: 1 }).waitFor();
    const records = page.getByRole('table', { name: 'Records' });
    const first = records.getByRole('button').first();
    await first.press('Enter');
    await page.waitForURL(/record=/);
    const fields = page.getByRole('table', { name: 'Fields' });
    await fields.getByText('/assetId').waitFor();
    await page
      .getByRole('table', { name: 'Readings' })
      .getByText(/^(good|quality \d+)$/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Bytes' }).press('Enter');
    await page.getByText(/^000000 {2}/).waitFor();
    await page.getByRole('button', { name: 'Text' }).press('Enter');
    assert.deepEqual(await lookAt(page, 'topic'), []);
    const filter = page.getByRole('searchbox', { name: 'Text in key, value or headers' });
    await filter.fill('no such text');
    await page.getByText('None of the records that are loaded has this text.').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await first.waitFor();
    // Its place leads to the same record.
    const form = page.getByRole('form', { name: 'Where to look' });
    await form.getByLabel('Records').selectOption('offset');
    await form.getByLabel('Partition').fill('0');
    await form.getByLabel('Offset').fill('2');
    await page.keyboard.press('Enter');
    await page.waitForURL(/offset=2/);
    assert.match((await first.getAttribute('aria-label')) ?? '', /^Partition 0, offset \d+$/);
    await page.getByRole('button', { name: 'Later records' }).click();
    await page.getByText('100 records are loaded.').waitFor();
    await form.getByLabel('Records').selectOption('time');
    await form.getByLabel(/^Time/).fill('2100-01-01T00:00:00');
    await page.keyboard.press('Enter');
    await page.getByText('There are no records here.').waitFor();
    assert.deepEqual(await lookAt(page, 'topic-none', ['light']), []);
  });

  test('a record goes from its topic into the preview of a pipeline', async () => {
    const page = pageOf();
    await page.goBack();
    await page.getByRole('table', { name: 'Records' }).getByRole('button').first().click();
    await page.getByRole('button', { name: 'Try it in a pipeline …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('link', { name: 'Wind farm demo', exact: true }).waitFor();
    assert.deepEqual(await lookAt(page, 'topic-try', ['dark']), []);
    await dialog.getByRole('link', { name: 'Wind farm demo', exact: true }).click();
    const panel = page.getByRole('region', { name: 'Preview' });
    assert.match(await panel.getByLabel('Records', { exact: true }).inputValue(), /assetId/);
    await page.goBack();
    await page.getByRole('button', { name: /中文/ }).click();
    await page.getByRole('table', { name: '记录' }).waitFor();
    assert.deepEqual(await lookAt(page, 'topic-zh', ['light']), []);
    await page.getByRole('button', { name: /English/ }).click();
  });

  test('a topic that the organisation may not read says so', async () => {
    const page = pageOf();
    await page.goto(page.url().replace(/topics\/.*$/, 'topics/somebody-elses'));
    await page.getByText('The topic could not be looked into.').waitFor();
    assert.deepEqual(await lookAt(page, 'topic-refused', ['light']), []);
  });
};
