import createClient, { type Client, type Middleware } from "openapi-fetch";
import type { Problem, paths } from "./schema.ts";

/** The API's calls: `aika.GET("/v1/sources")`. A failed one throws an {@link AikaError}. */
export type Aika = Client<paths>;

/** What the server said was wrong, or that it could not be reached (`status` 0). */
export class AikaError extends Error {
  readonly status: number;
  readonly title: string;
  readonly problem: Problem | null;

  constructor(status: number, title: string, detail: string, problem: Problem | null = null) {
    super(detail);
    this.name = "AikaError";
    this.status = status;
    this.title = title;
    this.problem = problem;
  }
}

/** What a browser does by itself: cookies go along, a failure to connect is an `AikaError` with status 0. */
export function createAika(options: { baseUrl?: string; key?: string; fetch?: typeof fetch } = {}): Aika {
  const send = options.fetch ?? ((...call: Parameters<typeof fetch>) => globalThis.fetch(...call));
  const client = createClient<paths>({
    baseUrl: options.baseUrl ?? "",
    credentials: "same-origin",
    ...(options.key === undefined ? {} : { headers: { Authorization: `Bearer ${options.key}` } }),
    fetch: (request) => reached(() => send(request)),
  });
  client.use(throwing);
  return client;
}

/** Turn a refused or failed reply into an `AikaError`. */
export async function problemOf(response: Response): Promise<AikaError> {
  const text = await response.text();
  try {
    const problem = JSON.parse(text) as Problem;
    if (typeof problem.detail === "string") {
      return new AikaError(response.status, problem.title, problem.detail, problem);
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return new AikaError(response.status, response.statusText, text.slice(0, 200) || `HTTP ${response.status}`);
}

const throwing: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
};

async function reached(call: () => Promise<Response>): Promise<Response> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new AikaError(0, "Not connected", "aika cannot be reached. Check the connection, then try again.");
  }
}
