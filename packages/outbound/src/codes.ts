import { type CodeCatalogue, code } from '@penstock/model';

/** Codes of requests to addresses that people have named. */
export const OUTBOUND_CODES = {
  OUTBOUND_ADDRESS_REFUSED: code(
    'reason',
    'The address is one of the machine that makes the request, or of a private network.',
    'Allow the network by PENSTOCK_OUTBOUND_NETWORKS if that is intended.',
  ),
  OUTBOUND_ANSWER_TOO_LARGE: code('record', 'The answer of an address outside is longer than it may be.'),
  OUTBOUND_REQUEST_INVALID: code(
    'record',
    'A request cannot be made: a header or the path has characters that may not be there.',
    'Look at the fields of the record that go into the request.',
  ),
  OUTBOUND_TIMEOUT: code('reason', 'An address outside gave no whole answer in time; it is tried again.'),
  OUTBOUND_UNREACHABLE: code('reason', 'An address outside cannot be reached; it is tried again.'),
  OUTBOUND_URL_INVALID: code(
    'error',
    'An address is no http or https URL, or holds a user or a password.',
    'Give another one.',
  ),
} as const satisfies CodeCatalogue;
