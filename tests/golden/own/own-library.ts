import { fileURLToPath } from 'node:url';
import type { OwnLibrary } from '@penstock/model';
import { checkPackage, ownLibraryOf, packageHash, packManifest } from '@penstock/operators';
import { libraryFolder, type StageSketch } from '@penstock/testkit';

const read = libraryFolder(fileURLToPath(new URL('../../../docs/own-operators/dead-band', import.meta.url)));
const packed = packManifest(read('manifest.json'), read);
const { library } = checkPackage(packed);
if (library === undefined) throw new Error('the example of docs/own-operators.md is no package');

/** The example of docs/own-operators.md, as a run has it. */
export const exampleLibrary: OwnLibrary = {
  library: ownLibraryOf(library),
  hash: packageHash(library),
  package: packed as OwnLibrary['package'],
};

/** A stage of its operator, with a dead band of 100 for these points. */
export const deadBand = (from: string, ...points: readonly string[]): StageSketch => ({
  name: 'DeadBandFilter_01',
  library: exampleLibrary.library,
  stageName: `own_${exampleLibrary.library}_DeadBandFilter`,
  from: [from],
  config: { inputOutput: points.map((inputPoint) => ({ inputPoint, deadBand: 100 })) },
});
