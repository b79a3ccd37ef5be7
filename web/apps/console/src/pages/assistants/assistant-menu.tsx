import type { AssistantSummary } from "@aika/client";
import { copyText, useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, Dialog, IconButton, Menu, MenuItem, MenuSeparator, toast, toastError } from "@aika/react/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CodeXml, Copy, Download, Ellipsis, Link2, Pencil, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { WidgetDialog } from "./widget-dialog.tsx";
import { shareLink } from "./words.ts";

/** What can be done with an assistant, beside asking it. */
export function AssistantMenu({ assistant }: { assistant: AssistantSummary }): ReactNode {
  const [open, setOpen] = useState<"widget" | "delete" | null>(null);
  const id = encodeURIComponent(assistant.id);
  // How it is written is shown to those who may change it: they may take it along, too.
  const writes = assistant.editable || assistant.version === null;
  const share = () =>
    copyText(shareLink(assistant.id)).then(() => {
      toast(
        assistant.visibility === "private"
          ? t("Link copied. It opens for nobody else while the assistant is private.")
          : t("Link copied. It opens for everyone who may use the assistant."),
      );
    }, toastError);
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t("More about {name}", { name: assistant.name })} size="small" className="-mt-1 -mr-1.5">
            <Ellipsis aria-hidden="true" />
          </IconButton>
        }
      >
        {writes && (
          <MenuItem asChild>
            <Link to={`/assistants/${id}/edit`}>
              <Pencil aria-hidden="true" />
              {assistant.editable ? t("Edit") : t("Look at it and try changes")}
            </Link>
          </MenuItem>
        )}
        <MenuItem onSelect={() => void share()}>
          <Link2 aria-hidden="true" />
          {t("Copy its link")}
        </MenuItem>
        <MenuItem onSelect={() => setOpen("widget")}>
          <CodeXml aria-hidden="true" />
          {t("Put it on a page")}
        </MenuItem>
        {writes && (
          <>
            <MenuItem asChild>
              <Link to={`/assistants/new?from=${id}`}>
                <Copy aria-hidden="true" />
                {t("Make a copy")}
              </Link>
            </MenuItem>
            <MenuItem asChild>
              <a href={`/v1/assistants/${id}/yaml`} download>
                <Download aria-hidden="true" />
                {t("Download as YAML")}
              </a>
            </MenuItem>
          </>
        )}
        {assistant.editable && (
          <>
            <MenuSeparator />
            <MenuItem danger onSelect={() => setOpen("delete")}>
              <Trash2 aria-hidden="true" />
              {t("Delete")}
            </MenuItem>
          </>
        )}
      </Menu>
      <WidgetDialog assistant={assistant} open={open === "widget"} onClose={() => setOpen(null)} />
      <DeleteDialog assistant={assistant} open={open === "delete"} onClose={() => setOpen(null)} />
    </>
  );
}

function DeleteDialog({
  assistant,
  open,
  onClose,
}: {
  assistant: AssistantSummary;
  open: boolean;
  onClose: () => void;
}): ReactNode {
  const aika = useAika();
  const queries = useQueryClient();
  const deletion = useMutation({
    mutationFn: () =>
      aika.DELETE("/v1/assistants/{id}", {
        params: { path: { id: assistant.id }, header: { "if-match": `"${assistant.version}"` } },
      }),
    onSuccess: async () => {
      onClose();
      toast(t("{name} is deleted.", { name: assistant.name }));
      await queries.invalidateQueries({ queryKey: ["assistants"] });
    },
    onError: toastError,
  });
  return (
    <Dialog
      open={open}
      onOpenChange={(shown) => !shown && onClose()}
      title={t("Delete {name}?", { name: assistant.name })}
      footer={
        <>
          <Button onClick={onClose}>{t("Keep it")}</Button>
          <Button look="danger" busy={deletion.isPending} onClick={() => deletion.mutate()}>
            {t("Delete")}
          </Button>
        </>
      }
    >
      <p className="text-sm text-muted">
        {t("Nobody can ask it any more. Conversations with it stay, and can go on with all documents.")}
      </p>
    </Dialog>
  );
}
