import type { AssistantSummary } from "@aika/client";
import { T, t } from "@aika/react/text";
import { CopyButton, Dialog } from "@aika/react/ui";
import type { ReactNode } from "react";
import { widgetLine } from "./words.ts";

/** The one line that puts an assistant into an internal page. */
export function WidgetDialog({
  assistant,
  open,
  onClose,
}: {
  assistant: AssistantSummary;
  open: boolean;
  onClose: () => void;
}): ReactNode {
  const line = widgetLine(assistant.reference);
  return (
    <Dialog
      open={open}
      onOpenChange={(shown) => !shown && onClose()}
      title={t("Put {name} on a page", { name: assistant.name })}
      description={t("One line in a wiki, a portal or a dashboard shows a button that opens it.")}
    >
      <div className="flex items-start gap-2 rounded-xl bg-sunken p-3">
        <code className="min-w-0 flex-1 py-1.5 text-[0.8125rem] break-all">{line}</code>
        <CopyButton text={line} label={t("Copy the line")} />
      </div>
      <p className="mt-4 text-sm text-muted">
        <T
          message="An operator names the pages that may show it in aika.toml: <code>[server] embedded_in</code>. Readers sign in as themselves, and see what they may read."
          values={{ code: (text) => <code className="rounded bg-sunken px-1 py-0.5 text-xs">{text}</code> }}
        />
      </p>
    </Dialog>
  );
}
