/**
 * A conversation as it goes on: asks, follows the stream, picks it up again after a dropped connection.
 *
 * It lives outside of React, so that an answer goes on while its reader looks at another page.
 */

import { type Aika, AikaError, type ChatEvent, type ConversationView, streamed } from "@aika/client";
import { begun, type Exchange, fromConversation, isUnderWay, moved, replaced, type Trouble } from "./exchange.ts";
import { cutOff, isBroken, online, statusOf, stoppedEarly, troubleOf } from "./troubles.ts";

export interface ConversationState {
  readonly id: string | null;
  readonly title: string | null;
  readonly assistant: string | null;
  readonly exchanges: readonly Exchange[];
  readonly view: ConversationView | null;
  readonly loading: boolean;
  readonly trouble: (Trouble & { readonly status: number }) | null;
}

export interface Asked {
  readonly question: string;
  /** By its id. Null asks without one. */
  readonly assistant?: string | null;
  readonly sources?: readonly string[] | null;
  /** The key of the exchange whose question is edited or tried again. */
  readonly instead?: string | null;
}

export interface StoreOptions {
  readonly aika: Aika;
  /** Called once the server has given a new conversation its id. */
  readonly onStarted?: (store: ConversationStore) => void;
  /** Called when something was asked or answered, for lists of conversations. */
  readonly onChanged?: () => void;
  /** Waits between attempts to reconnect, in milliseconds. */
  readonly waits?: readonly number[];
  readonly now?: () => Date;
}

const WAITS = [300, 1000, 2000, 4000, 8000, 15_000];
const EMPTY: ConversationState = {
  id: null,
  title: null,
  assistant: null,
  exchanges: [],
  view: null,
  loading: false,
  trouble: null,
};

export class ConversationStore {
  readonly #options: StoreOptions;
  readonly #listeners = new Set<() => void>();
  /** Whether its first question was put on this page, and not read from the server. */
  readonly begunHere: boolean;
  #state: ConversationState;
  #connection: AbortController | null = null;
  #asked = 0;

  constructor(options: StoreOptions, id: string | null = null) {
    this.#options = options;
    this.begunHere = id === null;
    this.#state = { ...EMPTY, id, loading: id !== null };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): ConversationState => this.#state;

  get busy(): boolean {
    return this.#state.exchanges.some(isUnderWay);
  }

  /** Reads what the server keeps, and goes on with an answer under way. */
  async load(): Promise<void> {
    const { id } = this.#state;
    if (id === null || this.busy) return;
    this.#set({ loading: this.#state.view === null, trouble: null });
    try {
      const { data } = await this.#options.aika.GET("/v1/conversations/{id}", { params: { path: { id } } });
      if (data !== undefined && !this.busy) this.#take(data);
    } catch (error) {
      this.#set({ loading: false, trouble: { ...troubleOf(error), status: statusOf(error) } });
    }
  }

  /** Puts a question. Does nothing while another one is under way. */
  async ask(asked: Asked): Promise<void> {
    if (this.busy) return;
    this.#asked += 1;
    const now = this.#options.now?.() ?? new Date();
    const exchange = begun(`asked-${this.#asked}`, asked.question, now.toISOString());
    const before = this.#state.exchanges;
    const assistant = asked.assistant === undefined ? this.#state.assistant : asked.assistant;
    this.#set({ exchanges: replaced(before, exchange, asked.instead ?? null), assistant, trouble: null });
    const response = await this.#sent(asked, exchange.key);
    if (response !== null) await this.#follow(response, exchange.key);
    this.#options.onChanged?.();
  }

  /** Stops the answer under way: what was written so far is judged and kept. */
  async stop(): Promise<void> {
    const running = this.#state.exchanges.find(isUnderWay);
    if (running === undefined) return;
    if (running.answerId === null) {
      this.#connection?.abort();
      this.#change(running.key, { phase: "failed", trouble: stoppedEarly() });
      return;
    }
    this.#change(running.key, { stopping: true });
    try {
      await this.#options.aika.POST("/v1/answers/{id}/stop", { params: { path: { id: running.answerId } } });
    } catch (error) {
      this.#change(running.key, { stopping: false });
      if (statusOf(error) !== 404 && statusOf(error) !== 0) throw error;
    }
  }

  /** Tries again to go on with an answer whose connection was lost. */
  async reconnect(key: string): Promise<void> {
    const exchange = this.#exchange(key);
    if (exchange?.answerId == null) return;
    this.#change(key, { phase: exchange.draft ? "writing" : "sent", reconnecting: true, trouble: null });
    await this.#pickUp(key);
    this.#options.onChanged?.();
  }

  /** Notes what was said of an answer, so that it shows at once. */
  note(answerId: string, change: Partial<Pick<Exchange, "rating" | "toldOwnerAt">>): void {
    const exchange = this.#state.exchanges.find((one) => one.answerId === answerId);
    if (exchange !== undefined) this.#change(exchange.key, change);
  }

  #take(view: ConversationView): void {
    const exchanges = fromConversation(view).map((one) => this.#asShown(one));
    this.#set({ view, title: view.title, assistant: view.assistant, exchanges, loading: false });
    const running = exchanges.find(isUnderWay);
    if (running !== undefined) void this.#pickUp(running.key).then(() => this.#options.onChanged?.());
  }

  /** Keeps the key of what is shown already, so that nothing is drawn anew. */
  #asShown(read: Exchange): Exchange {
    const shown = this.#state.exchanges.find((one) => one.answerId !== null && one.answerId === read.answerId);
    return shown === undefined ? read : { ...read, key: shown.key };
  }

  async #sent(asked: Asked, key: string): Promise<Response | null> {
    this.#connection = new AbortController();
    try {
      const { response } = await this.#options.aika.POST("/v1/chat/complete", {
        body: this.#body(asked, this.#exchange(key)?.replaces ?? null),
        parseAs: "stream",
        signal: this.#connection.signal,
      });
      return response;
    } catch (error) {
      if (isUnderWay(this.#exchange(key) ?? ENDED)) this.#change(key, { phase: "failed", trouble: troubleOf(error) });
      return null;
    }
  }

  #body(asked: Asked, replaces: string | null) {
    const { id } = this.#state;
    return {
      messages: [{ role: "user" as const, content: asked.question }],
      stream: true,
      store: true,
      without_assistant: asked.assistant === null,
      ...(id === null ? {} : { conversation_id: id }),
      ...(asked.sources == null ? {} : { sources: [...asked.sources] }),
      ...(asked.assistant == null ? {} : { assistant: asked.assistant }),
      ...(replaces === null ? {} : { replaces }),
    };
  }

  async #follow(response: Response, key: string): Promise<void> {
    await this.#drain(response, key);
    // A stream that ends without its last event was cut off.
    if (isUnderWay(this.#exchange(key) ?? ENDED)) await this.#pickUp(key);
  }

  #receive(key: string, event: ChatEvent, number: number): void {
    const exchange = this.#exchange(key);
    if (exchange === undefined) return;
    const begins = event.type === "started" || event.type === "retrieved";
    const isNew = begins && this.#state.id === null;
    if (begins) this.#set({ id: event.conversation_id, ...(event.type === "started" ? { title: event.title } : {}) });
    this.#replace(key, moved(exchange, event, number));
    if (isNew) this.#options.onStarted?.(this);
  }

  async #pickUp(key: string): Promise<void> {
    for (const wait of this.#options.waits ?? WAITS) {
      const exchange = this.#exchange(key);
      if (exchange === undefined || !isUnderWay(exchange)) return;
      if (exchange.answerId === null) break; // the server never took the question on
      this.#change(key, { reconnecting: exchange.after > 0 });
      const response = await this.#resumed(exchange.answerId, exchange.after);
      if (response === "gone") return this.#settle(key);
      if (response !== null) {
        await this.#drain(response, key);
        continue;
      }
      await online(wait);
    }
    const left = this.#exchange(key);
    if (left !== undefined && isUnderWay(left))
      this.#change(key, { phase: "lost", reconnecting: false, trouble: cutOff() });
  }

  async #drain(response: Response, key: string): Promise<void> {
    try {
      for await (const { id, event } of streamed<ChatEvent>(response)) {
        this.#receive(key, event, Number(id) || (this.#exchange(key)?.after ?? 0) + 1);
      }
    } catch (error) {
      // A connection that breaks is no refusal: it is picked up again.
      if (!isBroken(error) && isUnderWay(this.#exchange(key) ?? ENDED)) {
        this.#change(key, { phase: "failed", reconnecting: false, trouble: troubleOf(error) });
      }
    }
  }

  async #resumed(id: string, after: number): Promise<Response | "gone" | null> {
    this.#connection = new AbortController();
    try {
      const { response } = await this.#options.aika.GET("/v1/answers/{id}/events", {
        params: { path: { id }, query: { after } },
        parseAs: "stream",
        signal: this.#connection.signal,
      });
      return response;
    } catch (error) {
      const status = statusOf(error);
      return status >= 400 && status < 500 ? "gone" : null;
    }
  }

  /** Takes the kept outcome of an answer whose stream is no longer held. */
  async #settle(key: string): Promise<void> {
    const { id } = this.#state;
    const exchange = this.#exchange(key);
    if (id === null || exchange === undefined) return;
    try {
      const { data } = await this.#options.aika.GET("/v1/conversations/{id}", { params: { path: { id } } });
      const turn = data?.turns.find((one) => one.completion.id === exchange.answerId);
      if (turn !== undefined) {
        this.#change(key, { phase: "done", reconnecting: false, completion: turn.completion });
        return;
      }
    } catch (error) {
      if (!(error instanceof AikaError)) throw error;
      if (error.status === 401) {
        this.#change(key, { phase: "lost", reconnecting: false, trouble: troubleOf(error) });
        return;
      }
    }
    this.#change(key, { phase: "failed", reconnecting: false, trouble: cutOff() });
  }

  #exchange(key: string): Exchange | undefined {
    return this.#state.exchanges.find((exchange) => exchange.key === key);
  }

  #change(key: string, change: Partial<Exchange>): void {
    const exchange = this.#exchange(key);
    if (exchange !== undefined) this.#replace(key, { ...exchange, ...change });
  }

  #replace(key: string, next: Exchange): void {
    this.#set({ exchanges: this.#state.exchanges.map((one) => (one.key === key ? next : one)) });
  }

  #set(change: Partial<ConversationState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

const ENDED: Exchange = { ...begun("", "", ""), phase: "done" };
