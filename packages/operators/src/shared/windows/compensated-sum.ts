/** A sum that keeps what rounding takes from it: it is `sum + compensation`. */
export interface Sum {
  sum: number;
  compensation: number;
}

/** Neumaier's summation: what is lost of the smaller number in each step is kept apart. */
export const addTo = (into: Sum, value: number): void => {
  const sum = into.sum + value;
  into.compensation += Math.abs(into.sum) >= Math.abs(value) ? into.sum - sum + value : value - sum + into.sum;
  into.sum = sum;
};

/** Not finite where it is beyond what a number can hold. */
export const totalOf = ({ sum, compensation }: Sum): number => (Number.isFinite(sum) ? sum + compensation : sum);
