import { X } from "lucide-react";
import { Toast } from "radix-ui";
import { type ReactNode, useSyncExternalStore } from "react";
import { t } from "../text/index.ts";
import { Button, IconButton } from "./button.tsx";

interface Message {
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
  return (
    <Toast.Provider label={t("Message")} duration={6000}>
      {shown.map((message) => (
        <Toast.Root
          key={message.id}
          onOpenChange={(open) => !open && dismiss(message.id)}
          type={message.tone === "bad" ? "foreground" : "background"}
          duration={message.tone === "bad" ? 12_000 : 6_000}
          className="flex animate-appear items-center gap-3 rounded-xl border border-line bg-raised py-2.5 pr-2 pl-4 text-sm shadow-float"
        >
          <Toast.Description className={message.tone === "bad" ? "flex-1 text-bad" : "flex-1"}>
            {message.text}
          </Toast.Description>
          {message.action !== undefined && (
            <Toast.Action asChild altText={message.action.label}>
              <Button size="small" onClick={message.action.run}>
                {message.action.label}
              </Button>
            </Toast.Action>
          )}
          <Toast.Close asChild>
            <IconButton label={t("Close")} size="small">
              <X aria-hidden="true" />
            </IconButton>
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className="fixed right-4 bottom-4 z-70 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2 outline-none" />
    </Toast.Provider>
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
