/** The source tree holds something that would not work in the package; the message says where and what. */
export class NotPackable extends Error {}
