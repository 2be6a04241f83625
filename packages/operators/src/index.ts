export { LIBRARY } from './library.ts';
export { renderReference } from './reference/render-reference.ts';
export { createRegistry, operators } from './registry.ts';
