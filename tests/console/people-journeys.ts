import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { lookAt, newContext, openBrowser } from './browser.ts';

/** What whoever came by the link sets; good to sign in with afterwards. */
export const PASSWORD = 'wind over the ridge at dawn';
const SOMEBODY = 'somebody@example.org';

/** One's own password, and who else may do what. */
export const peopleJourneys = (pageOf: () => Page): void => {
  test('whoever came by a link sets a password', async () => {
    const page = pageOf();
    await page.getByRole('link', { name: 'Your account' }).click();
    await page.getByRole('heading', { name: 'Your account', level: 1 }).waitFor();
    const set = page.getByRole('button', { name: 'Set the password' });
    const fresh = page.getByLabel('New password', { exact: true });
    await fresh.fill('short');
    await page.getByLabel('New password again').fill('other');
    await page.getByText('The two are not the same.').waitFor();
    assert.ok(await set.isDisabled());
    await page.getByLabel('New password again').fill('short');
    await set.click();
    // The service says what it wants of a password, and of which field that is.
    await page
      .getByRole('alert')
      .getByText(/password/i)
      .first()
      .waitFor();
    assert.deepEqual(await lookAt(page, 'account'), []);
    assert.equal(await page.getByLabel('Current password').count(), 0);
    await fresh.fill(PASSWORD);
    await page.getByLabel('New password again').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('The password is set.').waitFor();
    // From now on it is asked for before it is changed.
    await page.getByLabel('Current password').waitFor();
  });

  test('a user is made, comes in by a link, and sees and may do what the role gives', async () => {
    const page = pageOf();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByText('This organisation has no members yet.').waitFor();
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Add a member' }).click();
    await dialog.getByLabel('E-mail address').fill(SOMEBODY);
    await page.keyboard.press('Enter');
    await dialog.getByText('There is no such user.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'New user' }).click();
    await dialog.getByLabel('E-mail address').fill(SOMEBODY);
    await dialog.getByLabel('Name').fill('Some Body');
    assert.deepEqual(await lookAt(page, 'user-new', ['dark']), []);
    await page.keyboard.press('Enter');
    const users = page.getByRole('table', { name: 'Users of the service' });
    await users.getByRole('button', { name: `Sign-in link for ${SOMEBODY}` }).click();
    await dialog.getByRole('button', { name: 'Make a link' }).click();
    const link = await dialog.getByText(/^https?:/).innerText();
    assert.deepEqual(await lookAt(page, 'user-link', ['light']), []);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Add a member' }).click();
    await dialog.getByLabel('E-mail address').fill(SOMEBODY);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    const role = page.getByLabel(`Role of ${SOMEBODY}`);
    await role.waitFor();
    const members = page.getByRole('table', { name: 'Members of this organisation' });
    // A browser of one process keeps one store of cookies for all its contexts: somebody else has a browser of their own.
    const theirs = await openBrowser();
    const other = await (await newContext(theirs)).newPage();
    await other.goto(link);
    await other.getByRole('row').filter({ hasText: 'Wind farm demo' }).waitFor();
    await other.getByRole('link', { name: 'People' }).click();
    await other.getByText('Administrators of this organisation change who belongs to it.').waitFor();
    await other.getByRole('table').getByText(SOMEBODY).waitFor();
    assert.equal(await other.getByRole('button', { name: 'Add a member' }).count(), 0);
    assert.equal(await other.getByRole('heading', { name: 'Users of the service' }).count(), 0);
    assert.deepEqual(await lookAt(other, 'people-viewer', ['light']), []);
    await theirs.close();
    await role.selectOption('designer');
    await members.getByRole('row').filter({ hasText: SOMEBODY }).getByText('Given here').waitFor();
    assert.deepEqual(await lookAt(page, 'people'), []);
    await page.getByRole('button', { name: `Remove ${SOMEBODY}` }).click();
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('This organisation has no members yet.').waitFor();
    await page.getByRole('button', { name: `Disable ${SOMEBODY}` }).click();
    await dialog.getByRole('button', { name: 'Disable', exact: true }).click();
    await users.getByText('Cannot sign in').waitFor();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /中文/ }).click();
    await page.getByRole('heading', { name: '人员' }).waitFor();
    assert.deepEqual(await lookAt(page, 'people-zh', ['light']), []);
    await page.getByRole('button', { name: /English/ }).click();
  });
};
