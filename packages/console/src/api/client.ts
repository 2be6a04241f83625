import { createSessionClient } from '@penstock/client/session';
import { LANGUAGE_TAGS } from '../messages/translate.ts';
import { currentPreferences } from '../reader/preferences.ts';

let csrfToken: string | undefined;

/** What the session told when it was read; everything that changes something carries it. */
export const rememberCsrfToken = (token: string | undefined): void => {
  csrfToken = token;
};

/** The API of the service that this page came from. */
export const api = createSessionClient({
  baseUrl: window.location.origin,
  csrfToken: () => csrfToken,
  language: () => LANGUAGE_TAGS[currentPreferences().locale],
});
