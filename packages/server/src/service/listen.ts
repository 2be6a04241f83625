import { AppError } from '@penstock/model';
import type { ApiInstance } from '../http/plugins/api-instance.ts';
import type { Settings } from '../settings/settings.ts';

/** Listens, and answers where it is reached from this machine. Errors: `PORT_IN_USE`. */
export const listen = async (app: ApiInstance, { host, port }: Settings): Promise<string> => {
  try {
    const address = await app.listen({ host, port });
    const url = new URL(address);
    // Whoever listens on every address is reached from here on this one.
    if (host === '0.0.0.0' || host === '::') url.hostname = '127.0.0.1';
    return url.origin;
  } catch (error) {
    await app.close();
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new AppError(
      'PORT_IN_USE',
      `Port ${port} of ${host} is in use by another program: stop it, or set PENSTOCK_PORT to another port.`,
      { domain: 'user' },
    );
  }
};
