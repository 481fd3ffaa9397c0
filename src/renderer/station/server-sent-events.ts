/** One event of a stream (HTML standard §9.2). */
export interface ServerSentEvent {
  readonly type: string;
  readonly data: string;
}

/** Reads events as the station sends them: lines end in a line feed, an event in an empty line. Ends with the stream. */
export async function* serverSentEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<ServerSentEvent> {
  // Read by hand, because not every browser can loop over a stream.
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const events = (text + chunk.value).split('\n\n');
    // What comes behind the last empty line is the beginning of the next event.
    text = events.pop() ?? '';
    yield* events.map(eventIn);
  }
}

function eventIn(text: string): ServerSentEvent {
  const type = /^event: ?(.*)$/m.exec(text)?.[1] ?? 'message';
  const data = [...text.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line).join('\n');
  return { type, data };
}
