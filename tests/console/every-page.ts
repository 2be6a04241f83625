import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { lookAt } from './browser.ts';

const ROUTER = new URL('../../packages/console/src/app/router.tsx', import.meta.url);
/** Below this the console is for looking at things on a telephone. */
const NARROW = { width: 390, height: 800 };
const WIDE = { width: 1280, height: 900 };

interface Means {
  readonly page: () => Page;
  readonly baseUrl: () => string;
  /** What the parameters of the routes are here. */
  readonly params: () => Readonly<Record<string, string>>;
}

interface Route {
  readonly parent: string;
  readonly path: string;
}

/** The console's own route table, so that a new page is looked at without this test being told. */
const routesOf = (router: string): readonly Route[] =>
  [...router.matchAll(/getParentRoute: \(\) => (\w+),[^{}]*?path: '([^']+)'/g)].map(([, parent = '', path = '']) => ({
    parent,
    path,
  }));

/** The page has been loaded, and what it asked for is there. */
const settled = async (page: Page): Promise<void> => {
  await page.locator('h1').first().waitFor();
  await page.getByText('Loading …', { exact: true }).first().waitFor({ state: 'detached' });
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
};

/** Every page of the route table, in both themes and on a narrow screen. */
export const everyPage = ({ page: pageOf, baseUrl, params }: Means): void => {
  test('every page there is passes axe in both themes, and a narrow screen shows it without scrolling sideways', async () => {
    const page = pageOf();
    const router = readFileSync(ROUTER, 'utf8');
    const routes = routesOf(router);
    assert.equal(routes.length, router.match(/ createRoute\(/g)?.length, 'a route is written in another way');
    const pages = routes.filter(({ parent }) => parent === 'organization');
    // Those that are no page of an organisation are looked at by who signs in and out.
    const others = routes.filter((route) => !pages.includes(route)).map(({ parent, path }) => `${parent} ${path}`);
    assert.deepEqual(others.sort(), ['root /', 'root /organizations/$orgId', 'root /sign-in']);
    const problems: string[] = [];
    for (const { path } of pages) {
      const address = `/organizations/$orgId${path}`.replace(/\$(\w+)/g, (_, name: string) => {
        const value = params()[name];
        assert.ok(value !== undefined, `${path}: tell this test which ${name} there is`);
        return value;
      });
      const name = `page${path.replaceAll(/[/$]+/g, '-')}`;
      await page.setViewportSize(NARROW);
      await page.goto(`${baseUrl()}${address}`);
      await settled(page);
      problems.push(...(await lookAt(page, `${name}-narrow`, ['light'])));
      const widths = (await page.evaluate(
        "[document.documentElement, document.querySelector('main')].map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)",
      )) as readonly number[];
      if (widths.some((over) => over > 0)) problems.push(`${path} is ${widths} pixels too wide for ${NARROW.width}`);
      await page.setViewportSize(WIDE);
      problems.push(...(await lookAt(page, name, ['dark'])));
    }
    assert.deepEqual(problems, []);
  });
};
