import { isJsonObject } from '../json.ts';

/**
 * The file in which workers and drivers look up where the service is (`RunSpec.control.endpointsFile`), as text: the
 * addresses of its instances, the one that wrote last first.
 */
export const endpointsText = (urls: readonly string[]): string => `${JSON.stringify({ urls })}\n`;

/** The addresses in it; none where it is no such file, or half-written: there is nobody to talk to then. */
export const endpointsIn = (text: string): string[] => {
  try {
    const given: unknown = JSON.parse(text);
    const urls = isJsonObject(given) && Array.isArray(given.urls) ? given.urls : [];
    return urls.filter((url): url is string => typeof url === 'string');
  } catch {
    return []; // whoever writes it writes it anew
  }
};
