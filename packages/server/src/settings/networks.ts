import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { settingsInvalid } from './settings-kafka.ts';

/** Networks from a comma separated text; a lone address is a network of one. Errors: `SETTINGS_INVALID`. */
export const networksOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      const network = each.includes('/') ? each : `${each}/${isIP(each) === 6 ? 128 : 32}`;
      // Not `10.1`, which some take for 10.0.0.1.
      if (isIP(network.replace(/\/.*$/, '')) !== 0 && ipaddr.isValidCIDR(network)) return network;
      throw settingsInvalid(
        `PENSTOCK_OUTBOUND_NETWORKS: "${each}" is neither an address nor a network such as 10.1.0.0/16.`,
      );
    });

/** Names of this machine that no DNS server can give to another. */
export const isLoopbackName = (name: string): boolean => {
  const bare = name.toLowerCase().replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1' || /^127(\.\d{1,3}){3}$/.test(bare);
};
