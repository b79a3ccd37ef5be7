import type { FindingView } from "@aika/client";
import { t } from "@aika/react/text";
import { Button, Dialog, ErrorNote, Field, Input, Note, Textarea } from "@aika/react/ui";
import { Check, CircleCheckBig, UserRoundPlus, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { type Change, useChange } from "./changes.ts";

/** What its owner can do about a finding. */
export function Actions({ finding }: { finding: FindingView }): ReactNode {
  const [asking, setAsking] = useState<Change["action"] | null>(null);
  const change = useChange(finding, () => setAsking(null));
  if (!finding.editable) {
    return (
      <Note>
        {finding.owner === null
          ? t("Its document has no owner. An administrator can deal with it.")
          : t("{owner} decides what becomes of this{contact, select, none {} other { ({contact})}}.", {
              owner: finding.owner.name,
              contact: finding.owner.contact ?? "none",
            })}
      </Note>
    );
  }
  const isDone = finding.state === "dismissed" || finding.state === "resolved";
  return (
    <section aria-label={t("Actions")} className="flex flex-col gap-2">
      {finding.assignee !== "" && <p className="mb-1 text-sm">{t("With {who}", { who: finding.assignee })}</p>}
      {finding.note !== "" && isDone && <p className="mb-1 text-sm text-muted">{finding.note}</p>}
      {finding.state !== "accepted" && (
        <Button
          look={isDone ? "secondary" : "primary"}
          busy={change.isPending && change.variables?.action === "accept"}
          onClick={() => change.mutate({ action: "accept", text: "" })}
        >
          <Check aria-hidden="true" />
          {isDone ? t("Open it again") : t("Accept: we will mend it")}
        </Button>
      )}
      <Button onClick={() => setAsking("assign")}>
        <UserRoundPlus aria-hidden="true" />
        {finding.assignee === "" ? t("Assign") : t("Assign to somebody else")}
      </Button>
      {!isDone && (
        <>
          <Button look={finding.state === "accepted" ? "primary" : "secondary"} onClick={() => setAsking("resolve")}>
            <CircleCheckBig aria-hidden="true" />
            {t("Resolve: it is done")}
          </Button>
          <Button look="quiet" onClick={() => setAsking("dismiss")}>
            <X aria-hidden="true" />
            {t("Dismiss")}
          </Button>
        </>
      )}
      {change.isError && asking === null && <ErrorNote error={change.error} />}
      {asking !== null && (
        <Asking
          key={asking}
          action={asking}
          finding={finding}
          error={change.isError ? change.error : null}
          busy={change.isPending}
          onClose={() => {
            change.reset();
            setAsking(null);
          }}
          onDo={(text) => change.mutate({ action: asking, text })}
        />
      )}
    </section>
  );
}

function Asking({
  action,
  finding,
  error,
  busy,
  onClose,
  onDo,
}: {
  action: Change["action"];
  finding: FindingView;
  error: Error | null;
  busy: boolean;
  onClose: () => void;
  onDo: (text: string) => void;
}): ReactNode {
  const [text, setText] = useState(action === "assign" ? finding.assignee : "");
  const words = wordsOf(action);
  const lacking = action === "dismiss" && text.trim() === "";
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.title}
      description={words.description}
      footer={
        <>
          <Button onClick={onClose}>{t("Cancel")}</Button>
          <Button look="primary" type="submit" form="finding-change" busy={busy} disabled={lacking}>
            {words.button}
          </Button>
        </>
      }
    >
      <form
        id="finding-change"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!lacking) onDo(text.trim());
        }}
      >
        <Field label={words.label} optional={action === "resolve"} {...(words.help === "" ? {} : { help: words.help })}>
          {action === "assign" ? (
            <Input autoFocus maxLength={200} value={text} onChange={(event) => setText(event.target.value)} />
          ) : (
            <Textarea
              autoFocus
              rows={3}
              maxLength={2000}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        {error !== null && <ErrorNote error={error} />}
      </form>
    </Dialog>
  );
}

function wordsOf(action: Change["action"]) {
  switch (action) {
    case "assign":
      return {
        title: t("Who will mend it?"),
        description: t("The finding shows who is at it. aika writes to nobody for it."),
        label: t("Person or team"),
        help: t("Such as ada@example.org or team-payments. Empty: nobody any more."),
        button: t("Assign"),
      };
    case "dismiss":
      return {
        title: t("Why does nothing have to change?"),
        description: t("The same finding does not come back."),
        label: t("Reason"),
        help: "",
        button: t("Dismiss"),
      };
    default:
      return {
        title: t("It is done"),
        description: t("It opens again when somebody's question fails again."),
        label: t("What was done"),
        help: "",
        button: t("Resolve"),
      };
  }
}
