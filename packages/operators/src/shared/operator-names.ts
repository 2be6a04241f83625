/** The names of an operator that follow from one: how people call it. */
export interface OperatorNames {
  /** Folder name and id in the reference: `late-point-tagger`. */
  readonly id: string;
  /** `stageName` in documents. */
  readonly stageName: string;
  /** Name in the console: `Late Point Tagger`. */
  readonly label: string;
  /** Class part of instance names: `LatePointTagger`. */
  readonly instancePrefix: string;
}

/** Operators taken over from elsewhere have a stage name of their own: give it behind these. */
export const operatorNames = (role: 'origin' | 'processor' | 'destination', label: string): OperatorNames => {
  const instancePrefix = label.replaceAll(/[^A-Za-z0-9]/g, '');
  return {
    id: label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
    stageName: `com_penstock_stage_${role}_${instancePrefix}`,
    label,
    instancePrefix,
  };
};
