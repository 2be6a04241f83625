import type { AssetDeps } from '../../../assets/change-assets.ts';

/** What the routes about models, assets and trees work with. */
export type AssetRouteDeps = AssetDeps;
