import { type Dispatch, useMemo, useRef } from 'react';
import type { Action } from '../../actions/action.ts';
import { useActions } from '../../actions/registry.ts';
import { documentFile } from '../../document/document-file.ts';
import { saveFile } from '../../reader/save-file.ts';
import type { Design } from './model/design-context.ts';
import type { DesignDialog } from './versions/design-dialog.ts';

/** Out into a file and in from one. */
export const useFileActions = (design: Design, name: string, setDialog: Dispatch<DesignDialog>): void => {
  const latest = useRef({ design, name, setDialog });
  latest.current = { design, name, setDialog };
  const { mayDesign } = design;
  useActions(
    useMemo((): readonly Action[] => {
      const out: Action = {
        id: 'design.export',
        group: 'do',
        label: 'design.action.export',
        keywords: ['download', 'file', 'json', '下载', '文件'],
        run: () => {
          const now = latest.current;
          saveFile(documentFile(now.name, now.design.document));
        },
      };
      if (!mayDesign) return [out];
      return [
        out,
        {
          id: 'design.import',
          group: 'do',
          label: 'design.action.import',
          keywords: ['upload', 'file', 'json', '上传', '文件'],
          run: () => latest.current.setDialog({ kind: 'import' }),
        },
      ];
    }, [mayDesign]),
  );
};
