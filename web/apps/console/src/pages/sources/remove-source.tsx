import type { SourceSettingsView } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, Dialog, Field, Input, toast, toastError } from "@aika/react/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useNavigate } from "react-router";

/** Removing a source and all that was read from it, after its name was typed. */
export function RemoveSource({ view }: { view: SourceSettingsView }): ReactNode {
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const remove = useRemove(view);
  return (
    <section className="mt-12 flex flex-wrap items-center justify-between gap-4 rounded-2xl border px-5 py-4">
      <div>
        <h2 className="text-sm font-semibold">{t("Remove this source")}</h2>
        <p className="mt-0.5 text-sm text-muted">{t("Deletes its file, and all its documents from answers.")}</p>
      </div>
      <Button look="danger" onClick={() => setOpen(true)}>
        <Trash2 aria-hidden="true" />
        {t("Remove")}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={t("Remove {source}?", { source: view.id })}
        description={t(
          "Its file is deleted, and nobody finds its documents any more. The place itself stays as it is.",
        )}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>{t("Cancel")}</Button>
            <Button look="danger" disabled={typed !== view.id} busy={remove.isPending} onClick={() => remove.mutate()}>
              {t("Remove the source")}
            </Button>
          </>
        }
      >
        <Field label={t("Type {source} to confirm", { source: view.id })}>
          <Input
            value={typed}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
      </Dialog>
    </section>
  );
}

function useRemove(view: SourceSettingsView) {
  const aika = useAika();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async () =>
      (
        await aika.DELETE("/v1/sources/{id}", {
          params: { path: { id: view.id }, header: { "If-Match": `"${view.version}"` } },
        })
      ).data,
    onSuccess: async (reply) => {
      toast(
        t("{source} is removed, with {n, plural, one {# document} other {# documents}}", {
          source: view.id,
          n: reply?.documents ?? 0,
        }),
      );
      await navigate("/sources");
      queries.removeQueries({ queryKey: ["sources", view.id] });
      await queries.invalidateQueries({ queryKey: ["sources"] });
    },
    onError: toastError,
  });
}
