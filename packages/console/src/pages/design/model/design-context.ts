import type { Operator, Template } from '@penstock/client/session';
import { createContext, use } from 'react';
import type { Spot } from '../../../catalogue/operators.ts';
import type { Field } from '../../../document/fields.ts';
import type { EditName } from '../../../document/history.ts';
import type { DocumentPlace } from '../../../document/places.ts';
import type { PipelineDocument } from '../../../document/shape.ts';
import type { DesignState } from './design-state.ts';
import type { Finding } from './use-findings.ts';

/** A template with the fields of its form. */
export interface DrawnTemplate extends Template {
  readonly fields: readonly Field[];
}

/** What the parts of the designer share. */
export interface Design {
  readonly state: DesignState;
  /** Of stages, or the form of the template. */
  readonly document: PipelineDocument;
  readonly template: DrawnTemplate | undefined;
  /** The stages that are tried and run: the document, or what the form stands for. */
  readonly stages: PipelineDocument;
  readonly operators: readonly Operator[];
  readonly findings: readonly Finding[];
  readonly orgId: string;
  /** Fields that records of a stage were seen to have, in the last preview. */
  readonly seenFields: ReadonlyMap<string, readonly string[]>;
  readonly mayDesign: boolean;
  /** Makes an edit; `about` joins it with the one before about the same, `select` chooses stages after it. */
  readonly edit: (
    edit: EditName,
    document: PipelineDocument,
    more?: { readonly about?: string; readonly select?: readonly string[] },
  ) => void;
  readonly select: (ids: readonly string[]) => void;
  readonly go: (place: DocumentPlace) => void;
  /** Asks which operator is to be added at a spot. */
  readonly ask: (spot: Spot) => void;
  /** Tells something to those who see and those who listen. */
  readonly say: (text: string) => void;
}

/** What of it stays while somebody types: parts that there are hundreds of look at nothing else. */
export interface SteadyDesign extends Pick<Design, 'orgId' | 'findings' | 'mayDesign' | 'ask'> {
  readonly goal: DocumentPlace | undefined;
}

export const SteadyContext = createContext<SteadyDesign | undefined>(undefined);

export const useSteadyDesign = (): SteadyDesign => {
  const design = use(SteadyContext);
  if (design === undefined) throw new Error('this is a part of the designer');
  return design;
};

export const DesignContext = createContext<Design | undefined>(undefined);

export const useDesign = (): Design => {
  const design = use(DesignContext);
  if (design === undefined) throw new Error('this is a part of the designer');
  return design;
};
