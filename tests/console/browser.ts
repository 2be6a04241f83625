import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import packaged from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { fontEnvironment } from './chinese-font.ts';

/** Pictures of every page, for people to look at; not committed. */
const PICTURES = fileURLToPath(new URL('../../.artefacts/console/', import.meta.url));

/** Browsers of the machine, in the order they are tried; else the one that came with the packages. */
const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const WIDE = { width: 1280, height: 900 };
/** An element that does not come within this is missing; a worker that starts on a busy machine takes its time. */
const PATIENCE_MS = 45_000;

export type Theme = 'light' | 'dark';

/** A real Chromium. */
export const openBrowser = async (): Promise<Browser> => {
  const env = { ...process.env, ...(await fontEnvironment()) };
  const installed = INSTALLED.find((path) => existsSync(path));
  // Its sandbox needs rights that containers do not give; what it shows is our own.
  if (installed !== undefined) return chromium.launch({ executablePath: installed, args: ['--no-sandbox'], env });
  return chromium.launch({ executablePath: await packaged.executablePath(), args: packaged.args, env });
};

/** What a page said that it should not have: errors of scripts, and what its policy forbade. */
export const complaintsOf = (page: Page): string[] => {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // An answer of the service that is an error is told by the page itself.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  return complaints;
};

export const newContext = async (browser: Browser, locale = 'en-GB'): Promise<BrowserContext> => {
  const context = await browser.newContext({ viewport: WIDE, locale, colorScheme: 'light', timezoneId: 'UTC' });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
};

/** Takes a picture in both themes (or one, of what opens over a page), and gives what axe finds wrong. */
export const lookAt = async (
  page: Page,
  name: string,
  themes: readonly Theme[] = ['light', 'dark'],
  { hasOpenList = false } = {},
): Promise<string[]> => {
  const problems: string[] = [];
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme });
    await takePicture(page, `${name}-${theme}`);
    const axe = new AxeBuilder({ page });
    // A list that opens below its field hides all else from screen readers as long as it is open, and closes when the
    // cursor leaves: what is hidden is never reached.
    if (hasOpenList) axe.disableRules(['aria-hidden-focus', 'page-has-heading-one']);
    const { violations } = await axe.analyze();
    problems.push(
      ...violations.map(
        ({ id, nodes }) =>
          `${name} ${theme} ${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`,
      ),
    );
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return problems;
};

export const takePicture = async (page: Page, name: string): Promise<void> => {
  const path = join(PICTURES, `${name}.png`);
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path, fullPage: true });
};
