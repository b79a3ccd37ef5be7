import type { Asking } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, IconButton } from "@aika/react/ui";
import { Ellipsis, Share2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useNavigate } from "react-router";
import { ConversationMenu } from "./conversation-menu.tsx";
import { ShareDialog } from "./share-dialog.tsx";

/** The conversation's title, and what can be done with it. */
export function ConversationBar({ conversation }: { conversation: Asking }): ReactNode {
  const [sharing, setSharing] = useState(false);
  const navigate = useNavigate();
  const { id, title, view } = conversation;
  return (
    <header className="flex h-12 shrink-0 items-center gap-1.5 px-4 sm:px-6">
      <h1 className="min-w-0 flex-1 truncate text-sm font-medium text-muted">{title ?? t("New question")}</h1>
      {id !== null && (
        <>
          <Button size="small" look="quiet" onClick={() => setSharing(true)}>
            <Share2 aria-hidden />
            <span className="hidden sm:inline">{view?.share ? t("Shared") : t("Share")}</span>
            <span className="sr-only sm:hidden">{t("Share")}</span>
          </Button>
          <ConversationMenu
            conversation={{ id, title: title ?? "", pinned: view?.pinned ?? false }}
            onDeleted={() => void navigate("/")}
            trigger={
              <IconButton label={t("More")} size="small">
                <Ellipsis aria-hidden />
              </IconButton>
            }
          />
          <ShareDialog id={id} open={sharing} onOpenChange={setSharing} />
        </>
      )}
    </header>
  );
}
