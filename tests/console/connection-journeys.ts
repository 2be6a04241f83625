import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { lookAt } from './browser.ts';

const NAME = 'history';

/** Connections to other systems: made, tried, changed and deleted. */
export const connectionJourneys = (pageOf: () => Page): void => {
  test('a connection is made, and what is wrong with it is told where it is', async () => {
    const page = pageOf();
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByText('There are no connections yet.').waitFor();
    assert.deepEqual(await lookAt(page, 'connections-none', ['light']), []);
    await page.getByRole('button', { name: 'New connection' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill(NAME);
    await dialog.getByLabel('Host').fill('/var/run');
    await dialog.getByLabel('Database').fill('plant');
    await dialog.getByLabel('User').fill('writer');
    await dialog.getByLabel('Password').fill('not to be seen again');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('/settings/host').waitFor();
    assert.equal(await dialog.getByLabel('Host').getAttribute('aria-invalid'), 'true');
    assert.deepEqual(await lookAt(page, 'connection-wrong'), []);
    await dialog.getByLabel('Host').fill('127.0.0.1');
    await dialog.getByLabel('Port').fill('1');
    await dialog.getByLabel('TLS').selectOption('disable');
    await dialog.getByRole('button', { name: 'Create' }).click();
    const row = page.getByRole('row').filter({ hasText: NAME });
    await row.getByText('127.0.0.1:1/plant').waitFor();
    // What is allowed and unwise is said as well.
    await row.getByText(/is not encrypted/).waitFor();
    await row.getByText('password', { exact: true }).waitFor();
  });

  test('a connection is tried, changed without its password, and deleted', async () => {
    const page = pageOf();
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: `Test ${NAME}` }).click();
    await dialog.getByText('Not connected, after').waitFor();
    assert.deepEqual(await lookAt(page, 'connection-test', ['dark']), []);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: `Edit ${NAME}` }).click();
    await dialog.getByText('There is one. Left empty, it stays.').waitFor();
    await dialog.getByLabel('Description').fill('Values of the plant, by the hour');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Values of the plant, by the hour').waitFor();
    await page.getByRole('button', { name: `Edit ${NAME}` }).click();
    await dialog.getByLabel('Database').fill('other');
    await dialog.getByText('The settings have changed: give it anew, or take it away.').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('CONNECTION_SECRET_REQUIRED').waitFor();
    assert.deepEqual(await lookAt(page, 'connection-anew', ['light']), []);
    await dialog.getByLabel('Take away: Password').check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    const row = page.getByRole('row').filter({ hasText: NAME });
    await row.getByText('none', { exact: true }).waitFor();
    assert.deepEqual(await lookAt(page, 'connections'), []);
    await page.getByRole('button', { name: `Delete ${NAME}` }).click();
    await dialog.getByText('No stage names it.').waitFor();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('There are no connections yet.').waitFor();
    await dialog.waitFor({ state: 'detached' });
  });
};
