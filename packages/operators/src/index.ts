export { renderReference } from './reference/render-reference.ts';
export { createRegistry, operators } from './registry.ts';
export { LIBRARY } from './shared/libraries.ts';
