import type { Pipeline } from '@penstock/client/session';
import type { Dispatch } from 'react';
import type { DesignChange } from '../model/design-state.ts';
import type { DesignDialog, DesignDialogProps } from './design-dialog.ts';
import { ImportDialog } from './import-dialog.tsx';
import { ReleaseDialog } from './release-dialog.tsx';
import { SaveDialog } from './save-dialog.tsx';
import { VersionsDialog } from './versions-dialog.tsx';

interface DesignDialogsProps {
  readonly dialog: DesignDialog;
  readonly pipeline: Pipeline;
  readonly onChange: Dispatch<DesignChange>;
  readonly onDialog: (dialog: DesignDialog | undefined) => void;
}

export const DesignDialogs = ({ dialog, pipeline, onChange, onDialog }: DesignDialogsProps) => {
  const props: DesignDialogProps = { pipeline, onChange, onClose: () => onDialog(undefined) };
  if (dialog.kind === 'import') return <ImportDialog {...props} />;
  if (dialog.kind === 'save') return <SaveDialog {...props} />;
  return dialog.kind === 'release' ? <ReleaseDialog {...props} /> : <VersionsDialog {...props} />;
};
