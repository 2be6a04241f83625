import { resultOf } from '@penstock/client/session';
import { useEffect, useState } from 'react';
import { api } from '../../../api/client.ts';
import { OF_STAGES } from '../../../api/pipelines.ts';
import { isObject } from '../../../document/json.ts';
import { type DocumentPlace, placeOfPointer } from '../../../document/places.ts';
import type { PipelineDocument } from '../../../document/shape.ts';
import { placeInForm } from '../../../forms/form-document.ts';

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
  /** Of a form: the document of stages that it stood for when it last had no errors. */
  readonly compiled: PipelineDocument | undefined;
}

interface Told {
  readonly findings: readonly Finding[];
  readonly error: unknown;
  readonly compiled?: PipelineDocument;
}

interface About {
  readonly orgId: string;
  readonly messageChannel: 0 | 1;
  /** 1: a document of stages; else the form of a template. */
  readonly templateType: number;
}

/** So long nobody types before the service is asked. */
const PAUSE_MS = 500;
const NOTHING: readonly Finding[] = [];

/** Has the service check a document each time it has changed. */
export const useFindings = (document: PipelineDocument, { orgId, messageChannel, templateType }: About): Findings => {
  const [checked, setChecked] = useState<Told & { readonly document: PipelineDocument }>();
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(async () => {
      const told = await check(document, { orgId, messageChannel, templateType });
      if (isOver) return;
      // What a form stood for last is what a preview of it has shown.
      setChecked((before) => ({
        document,
        ...(before?.compiled === undefined ? {} : { compiled: before.compiled }),
        ...told,
      }));
    }, PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [document, orgId, messageChannel, templateType]);
  return {
    findings: checked?.findings ?? NOTHING,
    isCurrent: checked?.document === document && checked.error === undefined,
    error: checked?.error,
    compiled: checked?.compiled,
  };
};

const check = async (document: PipelineDocument, about: About): Promise<Told> => {
  const isForm = about.templateType !== OF_STAGES;
  try {
    const { issues, compiled } = await resultOf(api.POST('/api/v1/validate', { body: { document, ...about } }));
    const findings = issues.map(({ code, severity, message, path, stage, at }) => ({
      code,
      severity,
      message,
      place: {
        ...(isForm ? placeInForm(path) : placeOfPointer(document, path, stage)),
        ...(at === undefined ? {} : { at }),
      },
    }));
    return { findings, error: undefined, ...(isObject(compiled) ? { compiled } : {}) };
  } catch (error) {
    return { findings: NOTHING, error };
  }
};
