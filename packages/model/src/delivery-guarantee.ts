/** What a pipeline's document asks for. */
export const DeliveryGuarantee = { ExactlyOnce: 'EXACTLY_ONCE', AtLeastOnce: 'AT_LEAST_ONCE' } as const;
export type DeliveryGuarantee = (typeof DeliveryGuarantee)[keyof typeof DeliveryGuarantee];
