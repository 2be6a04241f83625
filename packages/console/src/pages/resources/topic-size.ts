/** 1 CU of Message Queue is so many partitions, and so many GiB. */
const PARTITIONS_PER_CU = 10;
const GIB_PER_CU = 10;
export const GIB = 1024 ** 3;

/** What is typed of a topic's size. */
export interface TypedSize {
  readonly partitions: string;
  readonly hours: string;
  /** Of all partitions together. */
  readonly gib: string;
}

/** What a topic of such a size takes by itself, in CU: of partitions and bytes, whichever there is more of. Undefined where it is not said yet. */
export const takesOf = ({ partitions, gib }: TypedSize): number | undefined => {
  const [many, large] = [Number(partitions), Number(gib)];
  if (!(many > 0 && large > 0)) return undefined;
  return Math.ceil(Math.max(many / PARTITIONS_PER_CU, large / GIB_PER_CU) * 1000) / 1000;
};
