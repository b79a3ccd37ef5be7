/** The aika API, typed from its OpenAPI description. */
export { type Aika, AikaError, createAika } from "./aika.ts";
export { type Numbered, streamed } from "./events.ts";
export type * from "./schema.ts";
