import { AsyncLocalStorage } from 'node:async_hooks';

/** Where the call came from that is answered at this moment; nothing where the service does something by itself. */
const origin = new AsyncLocalStorage<{ readonly address: string }>();

/** Runs `work`, and whatever it begins, as part of a call from an address. */
export const asCallFrom = (address: string, work: () => void): void => origin.run({ address }, work);

/** The address of the call under way; undefined where there is none. */
export const callAddress = (): string | undefined => origin.getStore()?.address;
