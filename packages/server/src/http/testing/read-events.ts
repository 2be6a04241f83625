/** One frame of a stream of server-sent events. */
export interface Frame {
  readonly id: string | undefined;
  /** Absent: a sign of life. */
  readonly event: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: a client sees whatever JSON comes
  readonly data: any;
}

/** A stream as somebody reads it. */
export interface EventStream {
  readonly status: number;
  /** The next frame; undefined at the end of the stream, however it comes. */
  next(): Promise<Frame | undefined>;
  /** Skips to the next frame that is asked for. Rejects where the stream ends before. */
  until(isRight: (frame: Frame) => boolean): Promise<Frame>;
  close(): void;
}

/** Opens a stream; `status` other than 200 has no frames. */
export const openEvents = async (url: string, headers: Record<string, string>): Promise<EventStream> => {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  const frames = framesOf(response);
  const next = async (): Promise<Frame | undefined> => {
    try {
      const { value, done } = await frames.next();
      return done === true ? undefined : value;
    } catch {
      return undefined; // whoever sent it is gone, or this side has closed it
    }
  };
  return {
    status: response.status,
    next,
    until: async (isRight) => {
      for (;;) {
        const frame = await next();
        if (frame === undefined) throw new Error('the stream has ended');
        if (isRight(frame)) return frame;
      }
    },
    close: () => abort.abort(),
  };
};

async function* framesOf(response: Response): AsyncGenerator<Frame, void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const data = field('data');
      if (field('id') !== undefined)
        yield { id: field('id'), event: field('event'), data: data === undefined ? undefined : JSON.parse(data) };
    }
  }
}
