import type { Pipeline } from '@penstock/client/session';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type Previewed, type PreviewSource, requestPreview } from '../../../api/preview.ts';
import type { PipelineDocument } from '../../../document/shape.ts';
import { fieldPathsOf } from '../../../records/field-paths.ts';

export interface Preview {
  readonly isOpen: boolean;
  readonly source: PreviewSource;
  readonly isRunning: boolean;
  readonly result: Previewed | undefined;
  readonly error: unknown;
  /** Fields that records had when they came to a stage. */
  readonly seenFields: ReadonlyMap<string, readonly string[]>;
  readonly open: () => void;
  readonly close: () => void;
  readonly choose: (source: PreviewSource) => void;
  readonly run: () => void;
}

const FIRST: PreviewSource = { kind: 'latest', count: 20 };

/**
 * A preview of the document as it is now. What it showed stays while the panel is closed. `tried`: records to begin
 * with.
 */
export const usePreview = (
  { orgId, pipelineId, messageChannel: channel }: Pipeline,
  document: PipelineDocument,
  tried: PreviewSource | undefined,
): Preview => {
  const [isOpen, setOpen] = useState(tried !== undefined);
  const [source, choose] = useState<PreviewSource>(tried ?? FIRST);
  const messageChannel = channel === 1 ? 1 : 0;
  const { mutate, isPending, data, error } = useMutation({
    mutationFn: () => requestPreview({ orgId, pipelineId, messageChannel, document }, source),
  });
  const seenFields = useMemo(
    () => new Map((data?.stages ?? []).map(({ id, input }) => [id, fieldPathsOf(input)])),
    [data],
  );
  return {
    isOpen,
    source,
    isRunning: isPending,
    result: data,
    error: error ?? undefined,
    seenFields,
    open: () => setOpen(true),
    close: () => setOpen(false),
    choose,
    run: mutate,
  };
};
