import type { GapView } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, CopyButton, Dialog, ErrorNote, Field, Input, toast } from "@aika/react/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { sendChange } from "../finding/changes.ts";

/** Accept a gap's findings for somebody, who then writes the document. */
export function AskForDocument({ gap, onClose }: { gap: GapView; onClose: () => void }): ReactNode {
  const aika = useAika();
  const queries = useQueryClient();
  const [whom, setWhom] = useState(gap.kept_as.find((one) => one.assignee !== "")?.assignee ?? gap.owner?.name ?? "");
  const ask = useMutation({
    mutationFn: async () => {
      for (const one of gap.kept_as) {
        const action = one.state === "accepted" ? "assign" : "accept";
        await sendChange(aika, one, { action, text: whom.trim() });
      }
    },
    onSuccess: () => {
      toast(t("It is with {whom} now.", { whom: whom.trim() }));
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["health"] }),
  });
  const outline = outlineOf(gap);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("Who could write this document?")}
      description={t("It becomes a finding of theirs. It closes by itself when a new document answers what was asked.")}
      footer={
        <>
          <Button onClick={onClose}>{t("Cancel")}</Button>
          <Button
            look="primary"
            type="submit"
            form="ask-for-document"
            busy={ask.isPending}
            disabled={whom.trim() === ""}
          >
            {t("Ask for it")}
          </Button>
        </>
      }
    >
      <form
        id="ask-for-document"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (whom.trim() !== "") ask.mutate();
        }}
      >
        <Field
          label={t("Person or team")}
          help={
            gap.owner === null
              ? t("Such as ada@example.org or team-payments.")
              : t("{owner} owns the documents that come nearest.", { owner: gap.owner.name })
          }
        >
          <Input autoFocus maxLength={200} value={whom} onChange={(event) => setWhom(event.target.value)} />
        </Field>
        <div>
          <div className="flex items-center justify-between gap-2">
            <h3 className="text-sm font-medium">{t("An outline to begin with")}</h3>
            <CopyButton text={outline} label={t("Copy the outline")} />
          </div>
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
            tabIndex={0}
            className="mt-1 max-h-44 overflow-auto rounded-xl bg-sunken px-4 py-3 font-mono text-[0.8125rem] whitespace-pre-wrap"
          >
            {outline}
          </pre>
        </div>
        {ask.isError && <ErrorNote error={ask.error} />}
      </form>
    </Dialog>
  );
}

/** A page with a heading for each question. */
function outlineOf(gap: GapView): string {
  const questions = gap.questions.length === 0 ? [gap.name] : gap.questions;
  return [`# ${gap.name}`, ...questions.filter((one) => one !== gap.name).map((question) => `## ${question}`)].join(
    "\n\n",
  );
}
