/** How long one task may work before network, timers and other tasks have their turn. */
export const TURN_MS = 10;
/** Output is sent when this much has gathered, whether or not the transaction ends. */
export const FLUSH_BYTES = 2 * 1024 * 1024;
