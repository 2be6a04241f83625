import type { Issue } from '@penstock/model';

/** An issue of an operator's own rules; `path` is relative to the configuration object. */
export const optionIssue = (path: string, message: string, code = 'STAGE_OPTION_NOT_VALID'): Issue => ({
  code,
  severity: 'error',
  path,
  message,
});
