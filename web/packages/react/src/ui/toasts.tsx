import { lazy, type ReactNode, Suspense, useSyncExternalStore } from "react";

// Radix's part is as large as the rest of a small page, and most visits see no message.
const ToastList = lazy(() => import("./toast-list.tsx"));

export interface Message {
  id: number;
  text: string;
  tone: "neutral" | "bad";
  action?: { label: string; run: () => void };
}

let messages: readonly Message[] = [];
let next = 1;
const listeners = new Set<() => void>();

/** Say shortly that something was done; `action` offers to undo it. */
export function toast(text: string, options: { tone?: Message["tone"]; action?: Message["action"] } = {}): void {
  const action = options.action === undefined ? {} : { action: options.action };
  messages = [...messages.slice(-3), { id: next++, text, tone: options.tone ?? "neutral", ...action }];
  for (const listener of listeners) listener();
}

/** Say shortly that something failed. */
export function toastError(error: unknown): void {
  toast(error instanceof Error ? error.message : String(error), { tone: "bad" });
}

/** Where the messages appear; once in an app. */
export function Toasts(): ReactNode {
  const shown = useSyncExternalStore(subscribe, () => messages);
  // Once there was one, it stays: a message that closes is still leaving.
  if (next === 1) return null;
  return (
    <Suspense>
      <ToastList messages={shown} onClose={dismiss} />
    </Suspense>
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function dismiss(id: number): void {
  messages = messages.filter((message) => message.id !== id);
  for (const listener of listeners) listener();
}
