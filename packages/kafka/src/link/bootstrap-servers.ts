import { kafkaError } from '../errors.ts';
import type { BrokerAddress } from './connections.ts';

/** Splits `host:port,host:port`; IPv6 addresses stand in brackets. */
export const bootstrapAddresses = (bootstrapServers: string): readonly BrokerAddress[] => {
  const addresses = bootstrapServers
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(entry) ?? [];
      const port = Number(digits);
      const host = bracketed ?? plain;
      if (host === undefined || port < 1 || port > 65_535) {
        throw kafkaError('KAFKA_SETTING_INVALID', `"${entry}" is not a bootstrap server; write host:port.`);
      }
      return { host, port };
    });
  if (addresses.length === 0) {
    throw kafkaError('KAFKA_SETTING_INVALID', 'No bootstrap server is given; write host:port, comma separated.');
  }
  return addresses;
};
