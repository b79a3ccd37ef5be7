/**
 * An assistant while it is written. The YAML is what counts: what is typed in the form is written into it by the server, which
 * also says what is wrong and what the filter comes to. One question to the server per pause in typing.
 */

import type { AssistantCheckReply, AssistantCheckRequest, DraftProblemView, JsonValue } from "@aika/client";

export type Values = Readonly<Record<string, JsonValue>>;

export interface DraftState {
  readonly yaml: string;
  /** What the form shows: what is right in the YAML, with what was typed in the form since. */
  readonly values: Values;
  readonly unreadable: readonly string[];
  readonly problems: readonly DraftProblemView[];
  readonly effect: AssistantCheckReply["effect"];
  readonly valid: boolean;
  /** Whether the server has yet to say what it thinks of the last change. */
  readonly checking: boolean;
  readonly error: unknown;
  /** Whether the form and the YAML hold anything that was not saved. */
  readonly changed: boolean;
}

export type Check = (request: AssistantCheckRequest) => Promise<AssistantCheckReply>;

const PAUSE = 250;

export class DraftStore {
  readonly #check: Check;
  readonly #id: string | null;
  readonly #listeners = new Set<() => void>();
  #state: DraftState;
  #saved: string;
  #pending: Record<string, JsonValue> = {};
  #edits = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | null = null;

  constructor(check: Check, options: { id?: string | null; yaml?: string; saved?: string } = {}) {
    this.#check = check;
    this.#id = options.id ?? null;
    this.#saved = options.saved ?? options.yaml ?? "";
    this.#state = {
      yaml: options.yaml ?? "",
      values: {},
      unreadable: [],
      problems: [],
      effect: null,
      valid: false,
      checking: true,
      error: null,
      changed: (options.yaml ?? "") !== this.#saved,
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): DraftState => this.#state;

  /** Change a value of the form. An empty one takes the key away. */
  set(key: string, value: JsonValue): void {
    this.#pending = { ...this.#pending, [key]: value };
    this.#set({ values: { ...this.#state.values, [key]: value }, changed: true });
    this.#soon();
  }

  /** Change the YAML. */
  write(yaml: string): void {
    this.#set({ yaml, changed: yaml !== this.#saved });
    this.#soon();
  }

  /** Note that this YAML is what is kept now. */
  saved(yaml: string): void {
    this.#saved = yaml;
    this.#set({ changed: this.#state.yaml !== yaml || Object.keys(this.#pending).length > 0 });
  }

  /** Ask the server at once, and return what the draft then is. */
  async settle(): Promise<DraftState> {
    clearTimeout(this.#timer);
    while (this.#running !== null) await this.#running;
    if (this.#state.checking) {
      this.#running = this.#ask();
      await this.#running;
    }
    return this.#state.checking && this.#state.error === null ? this.settle() : this.#state;
  }

  #soon(): void {
    this.#edits += 1;
    this.#set({ checking: true });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#running === null) this.#running = this.#ask();
    }, PAUSE);
  }

  async #ask(): Promise<void> {
    const edits = this.#edits;
    const request = { yaml: this.#state.yaml, changes: this.#pending, id: this.#id };
    try {
      const reply = await this.#check(request);
      if (edits === this.#edits) this.#take(reply);
    } catch (error) {
      if (edits === this.#edits) this.#set({ error, checking: false });
    }
    this.#running = null;
    // What was typed meanwhile waits no longer than a pause.
    if (edits !== this.#edits) this.#soonAgain();
  }

  #soonAgain(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#running === null) this.#running = this.#ask();
    }, PAUSE);
  }

  #take(reply: AssistantCheckReply): void {
    this.#pending = {};
    this.#set({
      yaml: reply.yaml,
      values: reply.values,
      unreadable: reply.unreadable,
      problems: reply.problems,
      effect: reply.effect,
      valid: reply.valid,
      checking: false,
      error: null,
      changed: reply.yaml !== this.#saved,
    });
  }

  #set(change: Partial<DraftState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
