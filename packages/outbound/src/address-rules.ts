import { BlockList } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Which addresses requests that people ask for may go to. */
export interface AddressRules {
  allows(address: string): boolean;
}

/**
 * Public addresses, and those of some networks: whoever names a URL must not reach what only this machine reaches
 * (loopback, private networks, the metadata of a cloud). `networks`: CIDR.
 */
export const createAddressRules = (networks: readonly string[]): AddressRules => {
  const allowed = new BlockList();
  for (const network of networks) {
    const [address, bits] = ipaddr.parseCIDR(network);
    allowed.addSubnet(address.toString(), bits, address.kind());
  }
  return {
    allows: (text) => {
      if (!ipaddr.isValid(text)) return false;
      // `::ffff:127.0.0.1` is 127.0.0.1.
      const address = ipaddr.process(text);
      return allowed.check(address.toString(), address.kind()) || isPublic(address);
    },
  };
};

/** Of IPv6 what is given out for use at all: tunnels and translations could end anywhere. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

const isPublic = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean =>
  address.range() === 'unicast' && (address instanceof ipaddr.IPv4 || address.match(GLOBAL_IPV6));
