import { EventSourceParserStream } from "eventsource-parser/stream";
import { problemOf } from "./aika.ts";
import type { ChatEvent } from "./schema.ts";

/** An event with the id to pick the stream up from again. */
export interface Numbered<Event> {
  id: string | undefined;
  event: Event;
}

/** Read the server-sent events of a reply, one JSON value each. Throws an `AikaError` for a refused request. */
export async function* streamed<Event = ChatEvent>(response: Response): AsyncGenerator<Numbered<Event>> {
  if (!response.ok || response.body === null) throw await problemOf(response);
  const events = response.body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array<ArrayBuffer>>)
    .pipeThrough(new EventSourceParserStream());
  const reader = events.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield { id: value.id, event: JSON.parse(value.data) as Event };
    }
  } finally {
    await reader.cancel();
  }
}
