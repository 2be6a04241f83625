import { RESOURCES, type Resource } from '../../resources/resource-types.ts';
import type { AlarmNotice } from './notice.ts';

/** What a notice says: short enough for a phone, and with what to do. */
export interface Words {
  readonly subject: string;
  /** What, and with which figures. */
  readonly what: string;
  readonly todo: string;
}

/** The texts of one language. */
export interface Wording {
  words(notice: AlarmNotice): Words;
  readonly labels: {
    readonly pipeline: string;
    readonly organization: string;
    readonly since: string;
    readonly todo: string;
  };
}

/** A fact as text; a question mark where it is not known. */
export const factOf = ({ facts }: AlarmNotice, name: string): string => String(facts[name] ?? '?');

/** What the resource of a notice is called in a language. */
export const resourceOf = (notice: AlarmNotice, titles: Readonly<Record<Resource, string>>): string => {
  const found = RESOURCES.find((resource) => resource === notice.facts.resource);
  return found === undefined ? factOf(notice, 'resource') : titles[found];
};
