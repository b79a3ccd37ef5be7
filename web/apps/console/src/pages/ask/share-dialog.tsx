import type { ConversationView } from "@aika/client";
import { useAika, useOpenConversations } from "@aika/react";
import { formatAge, t } from "@aika/react/text";
import { Button, CopyButton, Dialog, ErrorNote, Field, Input, Note, toast, toastError } from "@aika/react/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

export interface ShareDialogProps {
  readonly id: string;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** Makes a link to a conversation, and takes it back. */
export function ShareDialog({ id, open, onOpenChange }: ShareDialogProps): ReactNode {
  const aika = useAika();
  const queries = useQueryClient();
  const conversations = useOpenConversations();
  const key = ["conversations", id, "share"];
  const params = { path: { id } };
  const shared = useQuery({
    queryKey: key,
    queryFn: async () => (await aika.GET("/v1/conversations/{id}", { params })).data?.share ?? null,
    enabled: open,
    staleTime: 0,
  });
  const settled = (share: ConversationView["share"]) => {
    queries.setQueryData(key, share);
    void queries.invalidateQueries({ queryKey: ["conversations", "list"] });
    void conversations.of(id).load();
  };
  const share = useMutation({
    mutationFn: async () => (await aika.POST("/v1/conversations/{id}/share", { params })).data ?? null,
    onSuccess: settled,
    onError: toastError,
  });
  const unshare = useMutation({
    mutationFn: () => aika.DELETE("/v1/conversations/{id}/share", { params }),
    onSuccess: () => {
      settled(null);
      toast(t("The link does not work any more."));
    },
    onError: toastError,
  });
  const link = shared.data ? location.origin + shared.data.path : null;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("Share this conversation")}
      description={t("People who follow the link see what rests on documents that they may read, and nothing else.")}
      footer={
        <>
          {link !== null && (
            <Button look="danger" busy={unshare.isPending} onClick={() => unshare.mutate()} className="mr-auto">
              {t("Stop sharing")}
            </Button>
          )}
          {shared.data?.up_to_date !== true && (
            <Button look="primary" busy={share.isPending} onClick={() => share.mutate()}>
              {link === null ? t("Create link") : t("Share it as it is now")}
            </Button>
          )}
        </>
      }
    >
      {shared.isError && <ErrorNote error={shared.error} />}
      {link === null ? (
        <p className="text-sm text-muted">
          {t("The link shows the conversation as it is now. What you ask later stays yours.")}
        </p>
      ) : (
        <div className="flex flex-col gap-3">
          <Field label={t("Link")}>
            <span className="flex items-center gap-1">
              <Input readOnly value={link} onFocus={(event) => event.target.select()} />
              <CopyButton text={link} label={t("Copy the link")} />
            </span>
          </Field>
          <p className="text-sm text-muted">
            {shared.data && t("Shared {age}.", { age: formatAge(shared.data.shared_at) })}
          </p>
          {shared.data?.up_to_date === false && (
            <Note tone="accent">{t("You asked more since. Share it again to take that in.")}</Note>
          )}
        </div>
      )}
    </Dialog>
  );
}
