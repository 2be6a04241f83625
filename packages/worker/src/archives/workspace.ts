import { fileURLToPath } from 'node:url';

/** Folder of the whole project, in the source tree or as an installed package; without a slash at its end. */
export const workspaceFolder = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '');
