import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Names the place whose processes can be seen from here, as 16 hex digits: host name, machine, boot and PID namespace
 * together. Two containers may well have one host name and one machine id, and give their processes the same ids; a
 * pid means something only where all of these are the same. Where the system does not tell one of them it counts as
 * empty. After a reboot it is another place.
 */
export const placeOf = (host: string): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        host,
        textOf('/etc/machine-id'),
        textOf('/proc/sys/kernel/random/boot_id'),
        linkOf('/proc/self/ns/pid'),
      ]),
    )
    .digest('hex')
    .slice(0, 16);

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'latin1').trim();
  } catch {
    return ''; // not a Linux, or a container without it
  }
};

const linkOf = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // not a Linux
  }
};
