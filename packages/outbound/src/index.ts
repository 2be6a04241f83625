export { type AddressRules, createAddressRules } from './address-rules.ts';
export { type GuardedPost, type GuardOptions, postGuarded } from './guarded-post.ts';
export {
  type GuardedAnswer,
  type GuardedRequest,
  type GuardedRequestOptions,
  outboundUrl,
  requestGuarded,
} from './guarded-request.ts';
