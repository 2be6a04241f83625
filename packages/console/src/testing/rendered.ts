import assert from 'node:assert/strict';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

/** An element of what a component shows. */
interface Element {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: (Element | string)[];
}

const TOKEN = /<(\/?)([a-z][\w-]*)((?:\s[^\s=>/]+(?:="[^"]*")?)*)\s*(\/?)>|([^<]+)/gi;
const ATTRIBUTE = /\s([^\s=]+)(?:="([^"]*)")?/g;
const LETTERS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'" };
const decoded = (text: string): string => text.replace(/&(amp|lt|gt|quot|#x27);/g, (_, name) => LETTERS[name] ?? '');

/** Reads what React writes: every element is closed, and every value in double quotes. */
const parse = (markup: string): Element => {
  const root: Element = { tag: '', attributes: new Map(), children: [] };
  const open = [root];
  for (const [, close, tag, attributes = '', empty, text] of markup.matchAll(TOKEN)) {
    const parent = open.at(-1) ?? root;
    if (text !== undefined) parent.children.push(decoded(text));
    else if (close === '/') open.pop();
    else {
      const pairs = [...attributes.matchAll(ATTRIBUTE)].map(
        ([, name = '', value = '']) => [name, decoded(value)] as const,
      );
      const element: Element = { tag: tag ?? '', attributes: new Map(pairs), children: [] };
      parent.children.push(element);
      if (empty !== '/') open.push(element);
    }
  }
  return root;
};

const ROLES: Readonly<Record<string, string>> = {
  button: 'button',
  ul: 'list',
  ol: 'list',
  li: 'listitem',
  table: 'table',
  tr: 'row',
  td: 'cell',
  h2: 'heading',
  h3: 'heading',
  select: 'combobox',
  option: 'option',
  textarea: 'textbox',
  section: 'region',
};
const INPUTS: Readonly<Record<string, string>> = { checkbox: 'checkbox', search: 'searchbox', file: 'file' };

const roleOf = ({ tag, attributes }: Element): string | undefined => {
  const role = attributes.get('role');
  if (role !== undefined) return role;
  if (tag === 'input') return INPUTS[attributes.get('type') ?? ''] ?? 'textbox';
  if (tag === 'th') return attributes.get('scope') === 'row' ? 'rowheader' : 'columnheader';
  return ROLES[tag];
};

const textIn = (element: Element): string => {
  const { attributes, children } = element;
  if (attributes.get('aria-hidden') === 'true') return '';
  const label = attributes.get('aria-label');
  if (label !== undefined) return label;
  return children.map((child) => (typeof child === 'string' ? child : textIn(child))).join('');
};

const elementsIn = (element: Element): Element[] =>
  element.children.flatMap((child) => (typeof child === 'string' ? [] : [child, ...elementsIn(child)]));

export interface Found {
  readonly name: string;
  readonly text: string;
  readonly isDisabled: boolean;
  readonly isPressed: boolean;
  readonly isSelected: boolean;
}

/** What a component shows first, to be asked for by role and name. What comes later is looked at in a browser. */
export class Rendered {
  readonly #root: Element;

  constructor(node: ReactNode) {
    this.#root = parse(renderToStaticMarkup(node));
  }

  get text(): string {
    return textIn(this.#root).replace(/\s+/g, ' ').trim();
  }

  all(role: string, name?: string | RegExp): readonly Found[] {
    return elementsIn(this.#root)
      .filter((element) => roleOf(element) === role)
      .map((element) => ({
        name: this.#nameOf(element),
        text: textIn(element).replace(/\s+/g, ' ').trim(),
        isDisabled: element.attributes.has('disabled'),
        isPressed: element.attributes.get('aria-pressed') === 'true',
        isSelected: element.attributes.has('selected'),
      }))
      .filter(
        (found) => name === undefined || (typeof name === 'string' ? found.name === name : name.test(found.name)),
      );
  }

  one(role: string, name?: string | RegExp): Found {
    const found = this.all(role, name);
    assert.equal(found.length, 1, `${role} ${name}: ${found.length} in ${this.text}`);
    return found[0] as Found;
  }

  #nameOf(element: Element): string {
    const { attributes } = element;
    const all = elementsIn(this.#root);
    const by = attributes.get('aria-labelledby');
    const id = attributes.get('id');
    const label =
      by === undefined
        ? all.find(({ tag, attributes: of }) => tag === 'label' && id !== undefined && of.get('for') === id)
        : all.find(({ attributes: of }) => of.get('id') === by);
    const own = attributes.get('aria-label') ?? (label === undefined ? textIn(element) : textIn(label));
    return own.replace(/\s+/g, ' ').trim();
  }
}
