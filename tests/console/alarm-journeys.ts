import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { lookAt } from './browser.ts';

interface Means {
  readonly page: () => Page;
  /** Address of the page of the demo pipeline, which is paused. */
  readonly demoRun: () => string;
}

const NAME = 'Night shift';
const DEMO = 'Wind farm demo';

/** What is watched, who is told, where alarms stand, and what was told. */
export const alarmJourneys = ({ page: pageOf, demoRun }: Means): void => {
  test('a receiver is made, and what its address must be is told', async () => {
    const page = pageOf();
    await page.getByRole('link', { name: 'Alarms' }).click();
    await page.getByText('No alarm has anything to say.').waitFor();
    await page.getByText('There are no receivers yet.').waitFor();
    assert.deepEqual(await lookAt(page, 'alarms-none', ['light']), []);
    await page.getByRole('button', { name: 'New receiver' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(NAME);
    await dialog.getByLabel('URL').fill('no address');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').waitFor();
    assert.deepEqual(await lookAt(page, 'receiver-wrong', ['dark']), []);
    await dialog.getByLabel('Kind').selectOption('email');
    await dialog.getByLabel('E-mail address').fill('night@example.org');
    await dialog.getByRole('button', { name: 'Create' }).click();
    // The demo has no mail server: the receiver is there, and that is said.
    await dialog.getByText(/has no mail server to send with yet/).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: `Test ${NAME}` }).click();
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog.getByRole('alert').waitFor();
    assert.deepEqual(await lookAt(page, 'receiver-test', ['light']), []);
    await page.keyboard.press('Escape');
  });

  test('a pipeline is watched, and its alarm rings', async () => {
    const page = pageOf();
    await page.goto(demoRun());
    await page.getByRole('button', { name: 'Alarms …' }).click();
    const dialog = page.getByRole('dialog', { name: `Alarms of ${DEMO}` });
    await dialog.getByLabel('Tell when it is in one of these states').check();
    await dialog.getByLabel('Paused').check();
    await dialog.getByLabel('Tell when too many records wait').check();
    await dialog.getByLabel('Tell when records wait in a partition').check();
    await dialog.getByLabel(new RegExp(`^${NAME}`)).check();
    assert.deepEqual(await lookAt(page, 'alarm-settings'), []);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Alarms' }).click();
    const alarms = page.getByRole('table', { name: 'Where alarms stand' });
    const row = alarms.getByRole('row').filter({ hasText: 'State' }).filter({ hasText: DEMO });
    await row.getByText('Alerting').waitFor();
    await row.getByText('status PAUSED').waitFor();
    const told = page.getByRole('table', { name: 'What was told' });
    await told.getByRole('row').filter({ hasText: NAME }).first().waitFor();
    await row.getByText('Not acknowledged').waitFor();
    await row.getByRole('button', { name: `Acknowledge: State of ${DEMO}` }).click();
    const response = page.getByRole('dialog');
    assert.equal(await response.getByRole('button', { name: 'Acknowledge', exact: true }).isDisabled(), true);
    await response.getByLabel('Note').fill('Paused by us');
    assert.deepEqual(await lookAt(page, 'alarm-acknowledge', ['light']), []);
    await page.keyboard.press('Enter');
    await row.getByText(/^Acknowledged by/).waitFor();
    await row.getByRole('button', { name: `Shelve: State of ${DEMO}` }).click();
    await response.getByLabel('For', { exact: true }).selectOption('480');
    await response.getByLabel('Note').fill('Until the shift ends');
    assert.deepEqual(await lookAt(page, 'alarm-shelve', ['dark']), []);
    await page.keyboard.press('Enter');
    await row.getByText(/^Shelved until/).waitFor();
    const ranking = page.getByRole('table', { name: 'Alarms that ring most' });
    await ranking.getByRole('row').filter({ hasText: DEMO }).first().waitFor();
    await page.getByRole('table', { name: 'History' }).getByText('Paused by us').waitFor();
    assert.deepEqual(await lookAt(page, 'alarms'), []);
    await page.getByRole('button', { name: /^Shelved: 1$/ }).click();
    await page.waitForURL(/isShelved=true/);
    await row.getByRole('button', { name: `Unshelve: State of ${DEMO}` }).click();
    await page.getByText('No alarm is of this kind.').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await row.getByRole('button', { name: `Alarms of ${DEMO}` }).click();
    for (const each of ['states', 'too many', 'partition'])
      await dialog.getByLabel(new RegExp(`^Tell when .*${each}`)).uncheck();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /中文/ }).click();
    await page.getByRole('heading', { name: '接收者' }).waitFor();
    assert.deepEqual(await lookAt(page, 'alarms-zh', ['light']), []);
    await page.getByRole('button', { name: /English/ }).click();
  });
};
