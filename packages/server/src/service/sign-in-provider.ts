import { OidcProvider } from '../people/oidc/oidc-provider.ts';
import type { Foundation } from './foundation.ts';

/** The OpenID provider of the settings, not asked for anything yet; undefined where they name none. */
export const openSignInProvider = ({ settings, clock, logger }: Foundation): OidcProvider | undefined =>
  settings.oidc === undefined
    ? undefined
    : new OidcProvider({
        settings: settings.oidc,
        clock,
        onChange: (trouble) =>
          trouble === undefined
            ? logger.info('the OpenID provider answers again')
            : logger.warn({ err: trouble }, 'nobody can sign in at the OpenID provider'),
      });
