import { customType } from 'drizzle-orm/pg-core';

/** How the text of a document and what is stored of it become each other. */
export interface DocumentSealing {
  seal(text: string): string;
  unseal(stored: string): string;
}

const PLAIN: DocumentSealing = { seal: (text) => text, unseal: (stored) => stored };
let sealing = PLAIN;

/**
 * How documents are sealed by this process, which serves one database. A column knows no context, so it is told here,
 * before the first document is read or written; in return no query can forget it.
 */
export const sealDocumentsWith = (given: DocumentSealing): void => {
  sealing = given;
};

/** A document: JSON text, with its secrets sealed in the database and in clear everywhere else. */
export const documentText = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  toDriver: (text) => sealing.seal(text),
  fromDriver: (stored) => sealing.unseal(stored),
});
