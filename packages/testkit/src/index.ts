export { canonical } from './canonical-json.ts';
export { consumer, documentOf, measurement, minuteSums, processor, producer, type StageSketch } from './documents.ts';
export {
  assetFactsOf,
  assetReferences,
  assetsReplyOf,
  type GivenAsset,
  type GivenAssets,
  type GivenModels,
  type GivenStore,
  type GivenTrees,
  givenAssetService,
  importOf,
} from './given-assets.ts';
export { libraryFolder } from './library-folder.ts';
export { createRandom, type Random, wholeBetween } from './random.ts';
export { Hopeless, until } from './until.ts';
