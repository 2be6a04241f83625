export { LIBRARY } from './library.ts';
export { createRegistry, operators } from './registry.ts';
