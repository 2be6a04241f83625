/** Codes of this package; plain data, since it depends on nothing of the project. */
export const CLIENT_CODES = {
  CLIENT_UNREACHABLE: {
    kind: 'error',
    meaning: 'Nobody answers at the address of the service.',
    remedy: 'Start the service, or give its address with --url or PENSTOCK_URL.',
  },
} as const;
