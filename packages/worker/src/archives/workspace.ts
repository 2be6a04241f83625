import { fileURLToPath } from 'node:url';

/** Folder of the whole project, where `package-lock.json` and `node_modules` are; without a slash at its end. */
export const workspaceFolder = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '');
