import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { lookAt } from './browser.ts';

/** What an organisation may use, keys of programs, and who did what. */
export const accessJourneys = (pageOf: () => Page): void => {
  test('topics are granted, an access key is made and deleted, and the audit tells of it', async () => {
    const page = pageOf();
    await page.keyboard.press('g');
    await page.keyboard.press('k');
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Grant topics' }).click();
    await dialog.getByLabel('Topic').fill('history-*');
    await page.keyboard.press('Enter');
    const topics = page.getByRole('table', { name: 'Topics beside its own six' });
    await topics.getByText('history-*').waitFor();
    await page.getByRole('button', { name: 'New access key' }).click();
    await dialog.getByLabel('Name').fill('Loader');
    await dialog.getByLabel('Good for so many days').fill('30');
    assert.deepEqual(await lookAt(page, 'key-new', ['dark']), []);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('It is shown this once:').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    const row = page.getByRole('table', { name: 'Access keys' }).getByRole('row').filter({ hasText: 'Loader' });
    await row.waitFor();
    assert.deepEqual(await lookAt(page, 'access'), []);
    await row.getByRole('button', { name: /^Delete/ }).click();
    await dialog.getByText('Programs that use it are refused from now on.').waitFor();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Withdraw history-*' }).click();
    await dialog.getByRole('button', { name: 'Withdraw', exact: true }).click();
    await page.getByText('It may use its own six topics and no others.').waitFor();
    const search = page.getByRole('form', { name: 'Look for entries' });
    await search.getByLabel('To').fill('history-*');
    await page.keyboard.press('Enter');
    const audit = page.getByRole('table', { name: 'Audit' });
    await audit.getByRole('row').filter({ hasText: 'history-*' }).nth(1).waitFor();
    await search.getByLabel('To').fill('nothing at all');
    await page.keyboard.press('Enter');
    await page.getByText('There is no such entry.').waitFor();
  });
};
