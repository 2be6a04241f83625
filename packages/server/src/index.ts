export { loadSettings, type Settings } from './settings/settings.ts';
