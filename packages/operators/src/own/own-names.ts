import { operatorNames } from '../shared/operator-names.ts';

/** A library of an organisation's own goes by its name and version, in documents and in lists: `acme-filters@1.2.0`. */
const OWN_LIBRARY = /^[a-z][a-z0-9-]{1,39}@(?:0|[1-9]\d{0,5})\.(?:0|[1-9]\d{0,5})\.(?:0|[1-9]\d{0,5})$/;

export const isOwnLibrary = (library: string): boolean => OWN_LIBRARY.test(library);

export const ownLibraryOf = ({ name, version }: { readonly name: string; readonly version: string }): string =>
  `${name}@${version}`;

/** The names of an operator of an own library that follow from what it is called. */
export const ownOperatorNames = (library: string, label: string) => {
  const { id, instancePrefix } = operatorNames('processor', label);
  const [name = ''] = library.split('@');
  return {
    // No operator of Penstock has a dot or an @ in its names: neither can be taken for the other.
    id: `${library}.${id}`,
    /** Its state is kept under this, so that another version of the library goes on with it. */
    keptAs: `${name}.${id}`,
    stageName: `own_${library}_${instancePrefix}`,
    label,
    instancePrefix,
  };
};
