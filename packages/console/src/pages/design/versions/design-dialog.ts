import type { Pipeline } from '@penstock/client/session';
import type { Dispatch } from 'react';
import type { DesignChange } from '../model/design-state.ts';

export interface DesignDialog {
  readonly kind: 'save' | 'release' | 'versions' | 'import';
}

export interface DesignDialogProps {
  readonly pipeline: Pipeline;
  readonly onChange: Dispatch<DesignChange>;
  readonly onClose: () => void;
}
