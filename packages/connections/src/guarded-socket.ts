import { lookup as lookUp } from 'node:dns';
import { isIP, type LookupFunction, Socket } from 'node:net';
import { AppError } from '@penstock/model';

/** Which addresses connections that people ask for may go to. */
export interface AddressRules {
  allows(address: string): boolean;
}

/** By what connections are opened. */
export interface ConnectionAccess {
  readonly rules: AddressRules;
  /** Replaced in tests. */
  readonly lookup?: typeof lookUp;
}

const addressRefused = (): AppError =>
  new AppError(
    'OUTBOUND_ADDRESS_REFUSED',
    'The address is one of this machine or of a private network; PENSTOCK_OUTBOUND_NETWORKS can allow it.',
    { domain: 'user' },
  );

/**
 * A socket that connects to addresses that are allowed and to no others. The address is checked when it is connected
 * to, so that a name that changes its mind gains nothing. Errors: `OUTBOUND_ADDRESS_REFUSED`.
 */
export class GuardedSocket extends Socket {
  readonly #access: ConnectionAccess;

  constructor(access: ConnectionAccess) {
    super();
    this.#access = access;
  }

  /** By port and host only: a path would be a socket of this machine. */
  override connect(...given: unknown[]): this {
    const [port, host] = given;
    const { rules, lookup = lookUp } = this.#access;
    if (typeof port !== 'number' || typeof host !== 'string' || (isIP(host) !== 0 && !rules.allows(host))) {
      // Whoever connects listens for errors only afterwards.
      process.nextTick(() => this.destroy(addressRefused()));
      return this;
    }
    return super.connect({ port, host, lookup: guardedLookup(rules, lookup) });
  }
}

/** Looks a name up and gives the addresses that are allowed; where there is none, the connection is refused. */
const guardedLookup =
  (rules: AddressRules, lookup: typeof lookUp): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const allowed = addresses.filter(({ address }) => rules.allows(address));
      const [first] = allowed;
      if (first === undefined) return callback(addressRefused(), '', 0);
      if (options.all === true) return callback(null, allowed);
      return callback(null, first.address, first.family);
    });
  };
