import { resultOf } from '@penstock/client/session';
import { useEffect, useState } from 'react';
import { api } from '../../../api/client.ts';
import { type DocumentPlace, placeOfPointer } from '../../../document/places.ts';
import type { PipelineDocument } from '../../../document/shape.ts';

/** Something the service finds about a document, and where it is. */
export interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly place: DocumentPlace;
}

export interface Findings {
  readonly findings: readonly Finding[];
  /** What was checked is what is shown. */
  readonly isCurrent: boolean;
  readonly error: unknown;
}

/** So long nobody types before the service is asked. */
const PAUSE_MS = 500;
const NOTHING: readonly Finding[] = [];

/** Has the service check a document each time it has changed. */
export const useFindings = (
  document: PipelineDocument,
  about: { readonly orgId: string; readonly messageChannel: 0 | 1 },
): Findings => {
  const { orgId, messageChannel } = about;
  const [checked, setChecked] = useState<{
    document: PipelineDocument;
    findings: readonly Finding[];
    error: unknown;
  }>();
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(async () => {
      const told = await check(document, orgId, messageChannel);
      if (!isOver) setChecked({ document, ...told });
    }, PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [document, orgId, messageChannel]);
  return {
    findings: checked?.findings ?? NOTHING,
    isCurrent: checked?.document === document && checked.error === undefined,
    error: checked?.error,
  };
};

const check = async (
  document: PipelineDocument,
  orgId: string,
  messageChannel: 0 | 1,
): Promise<{ findings: readonly Finding[]; error: unknown }> => {
  try {
    const { issues } = await resultOf(api.POST('/api/v1/validate', { body: { document, orgId, messageChannel } }));
    const findings = issues.map(({ code, severity, message, path, stage, at }) => ({
      code,
      severity,
      message,
      place: { ...placeOfPointer(document, path, stage), ...(at === undefined ? {} : { at }) },
    }));
    return { findings, error: undefined };
  } catch (error) {
    return { findings: NOTHING, error };
  }
};
