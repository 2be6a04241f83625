/** What a palette's row carries while it is dragged to the canvas. */
export const OPERATOR_TYPE = 'application/x-penstock-operator';

/** What is carried can be read at the end alone; that it has a place in a connection, all the way. */
export const BETWEEN_TYPE = 'application/x-penstock-between';
