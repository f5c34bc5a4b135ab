/** One event of a stream; a comment has no data. */
export interface StreamEvent {
  readonly name: string;
  readonly id: string;
  readonly data: string;
}

/**
 * Reads an event stream to its end. Source: the HTML standard, "Server-sent events", as far as the gateway speaks it.
 *
 * @param onChunk told whenever anything has come, also between events
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onChunk: () => void,
): AsyncGenerator<StreamEvent, void, undefined> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let text = "";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    onChunk();
    const blocks = (text + chunk.value).split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = { name: "message", id: "", data: "" };
      for (const line of block.split("\n")) {
        const [, field, value = ""] = /^(event|id|data): ?(.*)$/.exec(line) ?? [];
        if (field === "event") {
          event.name = value;
        } else if (field === "id" || field === "data") {
          event[field] = value;
        }
      }
      yield event;
    }
  }
}
