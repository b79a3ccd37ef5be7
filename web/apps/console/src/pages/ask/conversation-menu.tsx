import { t } from "@aika/react/text";
import { Button, Dialog, Field, Input, Menu, MenuItem, MenuSeparator } from "@aika/react/ui";
import { FileDown, FileJson, Pencil, Pin, PinOff, Trash2 } from "lucide-react";
import { type ReactElement, type ReactNode, useState } from "react";
import { useConversationChanges } from "./use-conversations.ts";

export interface Named {
  readonly id: string;
  readonly title: string;
  readonly pinned: boolean;
}

export interface ConversationMenuProps {
  readonly conversation: Named;
  readonly trigger: ReactElement;
  readonly onDeleted?: () => void;
}

/** What can be done with a conversation: rename, pin, take along, delete. */
export function ConversationMenu({ conversation, trigger, onDeleted }: ConversationMenuProps): ReactNode {
  const [asking, setAsking] = useState<"rename" | "delete" | null>(null);
  const { change, remove } = useConversationChanges(conversation.id);
  const exported = (format: "markdown" | "json") => `/v1/conversations/${conversation.id}/export?format=${format}`;
  const deleted = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        setAsking(null);
        onDeleted?.();
      },
    });
  return (
    <>
      <Menu trigger={trigger}>
        <MenuItem onSelect={() => setAsking("rename")}>
          <Pencil aria-hidden />
          {t("Rename")}
        </MenuItem>
        <MenuItem onSelect={() => change.mutate({ pinned: !conversation.pinned })}>
          {conversation.pinned ? <PinOff aria-hidden /> : <Pin aria-hidden />}
          {conversation.pinned ? t("Unpin") : t("Pin")}
        </MenuItem>
        <MenuItem asChild>
          <a href={exported("markdown")} download>
            <FileDown aria-hidden />
            {t("Export as Markdown")}
          </a>
        </MenuItem>
        <MenuItem asChild>
          <a href={exported("json")} download>
            <FileJson aria-hidden />
            {t("Export as JSON")}
          </a>
        </MenuItem>
        <MenuSeparator />
        <MenuItem danger onSelect={() => setAsking("delete")}>
          <Trash2 aria-hidden />
          {t("Delete")}
        </MenuItem>
      </Menu>
      <Rename
        key={conversation.title}
        title={conversation.title}
        open={asking === "rename"}
        onClose={() => setAsking(null)}
        onRename={(title) => change.mutateAsync({ title })}
      />
      <Dialog
        open={asking === "delete"}
        onOpenChange={(open) => !open && setAsking(null)}
        title={t("Delete this conversation?")}
        description={t("Its answers, what was said of them and the link to it go with it. This cannot be undone.")}
        footer={
          <>
            <Button look="quiet" onClick={() => setAsking(null)}>
              {t("Cancel")}
            </Button>
            <Button look="danger" busy={remove.isPending} onClick={deleted}>
              {t("Delete")}
            </Button>
          </>
        }
      >
        <p className="text-sm break-words">“{conversation.title}”</p>
      </Dialog>
    </>
  );
}

function Rename({
  title,
  open,
  onClose,
  onRename,
}: {
  title: string;
  open: boolean;
  onClose: () => void;
  onRename: (title: string) => Promise<unknown>;
}) {
  const [text, setText] = useState(title);
  const save = () => {
    if (text.trim() === "") return;
    void onRename(text.trim()).then(onClose, () => undefined); // the mutation has shown what went wrong
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(now) => !now && onClose()}
      title={t("Rename the conversation")}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            {t("Cancel")}
          </Button>
          <Button look="primary" disabled={text.trim() === ""} onClick={save}>
            {t("Rename")}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field label={t("Title")}>
          <Input value={text} maxLength={200} onChange={(event) => setText(event.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}
