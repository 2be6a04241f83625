/** A browser as far as signing in goes: it keeps cookies by host, and follows redirects one by one. */
export class TestBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();
  /** Every address it went to, queries and all. */
  readonly visited: string[] = [];

  /** Goes to an address and where that leads, to the first answer that is no redirect. */
  async go(
    url: string,
    options: { readonly until?: (url: URL) => boolean } = {},
  ): Promise<{ url: URL; status: number; text: string }> {
    let at = new URL(url);
    for (let hops = 0; hops < 20; hops += 1) {
      if (options.until?.(at) === true) return { url: at, status: 0, text: '' };
      const answer = await this.fetch(at.href, { headers: { accept: 'text/html' } });
      const location = answer.headers.get('location');
      if (location === null || answer.status < 300 || answer.status > 399)
        return { url: at, status: answer.status, text: await answer.text() };
      await answer.body?.cancel();
      at = new URL(location, at);
    }
    throw new Error(`redirects without end at ${at.href}`);
  }

  /** One request with the cookies of the host. */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    this.visited.push(url);
    const { hostname } = new URL(url);
    const jar = this.#cookies.get(hostname) ?? new Map<string, string>();
    this.#cookies.set(hostname, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(init.headers as Record<string, string>), ...(cookie === '' ? {} : { cookie }) };
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const set of answer.headers.getSetCookie()) keep(jar, set);
    return answer;
  }

  /** Cookies of a host, as an attacker who got hold of them would have them. */
  cookies(hostname: string): Map<string, string> {
    return this.#cookies.get(hostname) ?? new Map();
  }

  setCookies(hostname: string, cookies: ReadonlyMap<string, string>): void {
    this.#cookies.set(hostname, new Map(cookies));
  }
}

const keep = (jar: Map<string, string>, set: string): void => {
  const [pair = '', ...attributes] = set.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const expires = attributes.find((each) => /^expires=/i.test(each))?.slice('expires='.length);
  const isGone =
    attributes.some((each) => /^max-age=0$/i.test(each)) || (expires !== undefined && Date.parse(expires) < Date.now());
  if (isGone) jar.delete(pair.slice(0, at));
  else jar.set(pair.slice(0, at), pair.slice(at + 1));
};
