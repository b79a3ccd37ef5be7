import { X } from "lucide-react";
import { Toast } from "radix-ui";
import type { ReactNode } from "react";
import { t } from "../text/index.ts";
import { Button, IconButton } from "./button.tsx";
import type { Message } from "./toasts.tsx";

/** The messages that are shown now. */
export default function ToastList({
  messages,
  onClose,
}: {
  messages: readonly Message[];
  onClose: (id: number) => void;
}): ReactNode {
  return (
    <Toast.Provider label={t("Message")} duration={6000}>
      {messages.map((message) => (
        <Toast.Root
          key={message.id}
          onOpenChange={(open) => !open && onClose(message.id)}
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
