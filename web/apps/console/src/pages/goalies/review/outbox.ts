/**
 * Verdicts on their way. Each waits a few seconds before it is sent, so that it can be taken back: what was posted in a channel
 * cannot. They are sent wherever one goes in the app meanwhile, and at once when the page is left.
 */

import type { VerdictRequest } from "@aika/client";

export const GRACE_MS = 6_000;

export interface Verdict extends Required<VerdictRequest> {
  goalie: string;
  id: string;
  question: string;
}

export type Progress = "waiting" | "sending" | "sent" | "failed";

export interface Posted extends Verdict {
  progress: Progress;
  /** When it is sent, in milliseconds of `Date.now()`. */
  due: number;
  /** Why it did not count. */
  problem: string;
  /** Whether somebody else decided first, so that trying again is of no use. */
  conflict: boolean;
}

type Send = (verdict: Verdict, leaving: boolean) => Promise<void>;
type Told = (posted: Posted) => void;

export class Outbox {
  private posted: readonly Posted[] = [];
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly listeners = new Set<() => void>();
  private send: Send;
  private told: Told;

  constructor(send: Send, told: Told = () => undefined) {
    this.send = send;
    this.told = told;
  }

  /** Have verdicts sent in another way, and be told of what came of each. */
  connect(send: Send, told: Told): void {
    this.send = send;
    this.told = told;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): readonly Posted[] => this.posted;

  add(verdict: Verdict): void {
    const due = Date.now() + GRACE_MS;
    this.put({ ...verdict, progress: "waiting", due, problem: "", conflict: false });
    this.timers.set(
      verdict.id,
      setTimeout(() => void this.dispatch(verdict.id, false), GRACE_MS),
    );
  }

  /** Take the last verdict back that was not sent yet, and return it. */
  undo(id?: string): Posted | undefined {
    const waiting = this.posted.filter((one) => one.progress === "waiting" && (id === undefined || one.id === id));
    const last = waiting.at(-1);
    if (last === undefined) return undefined;
    this.stop(last.id);
    this.forget(last.id);
    return last;
  }

  /** Send what waits at once: nobody is there any more to take it back. */
  flush(): void {
    for (const one of this.posted) if (one.progress === "waiting") void this.dispatch(one.id, true);
  }

  forget(id: string): void {
    this.posted = this.posted.filter((one) => one.id !== id);
    this.changed();
  }

  private async dispatch(id: string, leaving: boolean): Promise<void> {
    const verdict = this.posted.find((one) => one.id === id);
    if (verdict === undefined || verdict.progress !== "waiting") return;
    this.stop(id);
    this.put({ ...verdict, progress: "sending" });
    const after = await this.sent(verdict, leaving);
    this.put(after);
    this.told(after);
  }

  private async sent(verdict: Posted, leaving: boolean): Promise<Posted> {
    try {
      await this.send(verdict, leaving);
      return { ...verdict, progress: "sent" };
    } catch (error) {
      const conflict = (error as { status?: number }).status === 409;
      const problem = error instanceof Error ? error.message : String(error);
      return { ...verdict, progress: "failed", problem, conflict };
    }
  }

  private put(posted: Posted): void {
    this.posted = [...this.posted.filter((one) => one.id !== posted.id), posted];
    this.changed();
  }

  private stop(id: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
