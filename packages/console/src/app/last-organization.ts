const KEY = 'penstock.organization';

/** The organisation that was looked at last in this browser. */
export const lastOrganization = (): string | null => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is blocked: nothing is remembered
  }
};

export const rememberOrganization = (orgId: string): void => {
  try {
    localStorage.setItem(KEY, orgId);
  } catch {
    // Storage is blocked or full: the first one is shown the next time.
  }
};
