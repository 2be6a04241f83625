import { asCallFrom } from '../../use-case/call-origin.ts';
import type { ApiInstance } from './api-instance.ts';

/**
 * Has everything that is done for a call know where that came from. Twice, for what happens once a body was read goes
 * on from its last bytes, which came by another way.
 */
export const noteOrigins = (app: ApiInstance): void => {
  void app.addHook('onRequest', (request, _reply, done) => asCallFrom(request.ip, done));
  void app.addHook('preValidation', (request, _reply, done) => asCallFrom(request.ip, done));
};
