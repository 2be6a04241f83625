import type { Issue } from '@penstock/model';

/** An issue of a form; `path` is a JSON Pointer into it. */
export const formIssue = (
  path: string,
  message: string,
  code = 'TEMPLATE_FIELD_NOT_VALID',
  severity: Issue['severity'] = 'error',
): Issue => ({ code, severity, path, message });
