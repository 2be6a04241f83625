import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContext } from 'playwright-core';

const FONT = dirname(fileURLToPath(import.meta.resolve('@fontsource/noto-sans-sc/package.json')));
const PATH = '/assets/font-of-the-tests/';

/**
 * Lends pages a font with Chinese letters, which the browser of the tests has none of and the console ships none of:
 * whoever reads Chinese has one. It comes as a part of the page's own style sheet, so that its policy holds as ever.
 */
export const serveChineseFont = async (context: BrowserContext): Promise<void> => {
  const faces = (await readFile(join(FONT, '400.css'), 'utf8')).replaceAll('./files/', PATH);
  await context.route(/\/assets\/index-[^/]+\.css$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${await response.text()}\n${faces}` });
  });
  await context.route(`**${PATH}*`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(PATH.length);
    await route.fulfill({
      path: join(FONT, 'files', name),
      contentType: name.endsWith('2') ? 'font/woff2' : 'font/woff',
    });
  });
};
