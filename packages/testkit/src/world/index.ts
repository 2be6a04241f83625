export { type Grants, Organization } from './organization.ts';
export { World, type WorldOptions } from './world.ts';
export { startYarnPart, type YarnPart } from './yarn-part.ts';
