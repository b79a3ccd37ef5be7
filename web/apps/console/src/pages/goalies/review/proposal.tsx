import type { QueuedCase } from "@aika/client";
import { formatAge, t } from "@aika/react/text";
import { Button, CopyButton, Kbd } from "@aika/react/ui";
import { ExternalLink } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { ConfidenceScale } from "./confidence-scale.tsx";
import { Draft } from "./draft.tsx";
import { EditForm, RejectForm } from "./forms.tsx";
import type { Verdict } from "./outbox.ts";
import { channelName } from "./queue-list.tsx";

/** Which form is open. */
export type Writing = "edit" | "reject" | null;
export type Decide = (verdict: Pick<Verdict, "ruling" | "text" | "reason">) => void;

/** One proposal: what was asked, what would be answered, how sure that is, and what to do about it. */
export function Proposal({
  queued,
  heading,
  writing,
  onWriting,
  onDecide,
}: {
  queued: QueuedCase;
  heading: RefObject<HTMLHeadingElement | null>;
  writing: Writing;
  onWriting: (writing: Writing) => void;
  onDecide: Decide;
}): ReactNode {
  return (
    <article aria-label={t("Proposal")} className="min-w-0">
      <header>
        <p className="flex flex-wrap items-center gap-x-1.5 text-sm text-muted">
          <Asked queued={queued} />
          {queued.address !== "" && (
            <a
              href={queued.address}
              target="_blank"
              rel="noopener noreferrer"
              className="inline-flex items-center gap-1 rounded text-accent hover:underline"
            >
              {t("Open in Slack")}
              <ExternalLink aria-hidden="true" className="size-3.5" />
            </a>
          )}
        </p>
        <h2
          ref={heading}
          tabIndex={-1}
          className="mt-1 text-xl font-semibold tracking-tight text-balance break-words whitespace-pre-line outline-none"
        >
          {queued.question}
        </h2>
      </header>
      <section aria-label={t("Proposed answer")} className="mt-5 rounded-2xl border border-line bg-surface">
        <div className="flex items-center justify-between gap-3 border-b py-1.5 pr-2 pl-5">
          <h3 className="text-[0.8125rem] font-medium text-muted">{t("Proposed answer")}</h3>
          <CopyButton text={queued.proposal.text} label={t("Copy the answer")} />
        </div>
        <div className="px-5 py-4">
          {writing === "edit" ? (
            <EditForm
              text={queued.proposal.text}
              onCancel={() => onWriting(null)}
              onPost={(text) => onDecide({ ruling: "edit", text, reason: "" })}
            />
          ) : (
            <Draft completion={queued.proposal} />
          )}
        </div>
        <ConfidenceScale queued={queued} />
      </section>
      {writing === "reject" && (
        <RejectForm
          onCancel={() => onWriting(null)}
          onReject={(reason) => onDecide({ ruling: "reject", text: "", reason })}
        />
      )}
      {writing === null && <Actions onWriting={onWriting} onDecide={onDecide} />}
    </article>
  );
}

function Asked({ queued }: { queued: QueuedCase }): ReactNode {
  const channel = channelName(queued.channel);
  const age = queued.asked_at === null ? "" : formatAge(queued.asked_at);
  return (
    <span>
      {queued.asked_by === ""
        ? t("Asked in {channel} {age}", { channel, age })
        : t("{who} asked in {channel} {age}", { who: queued.asked_by, channel, age })}
    </span>
  );
}

function Actions({ onWriting, onDecide }: { onWriting: (writing: Writing) => void; onDecide: Decide }): ReactNode {
  return (
    <div className="sticky bottom-0 -mx-1 mt-4 flex gap-2 bg-surface px-1 py-3">
      <Button
        look="primary"
        size="large"
        className="max-sm:flex-1 max-sm:px-2 max-sm:text-sm"
        onClick={() => onDecide({ ruling: "accept", text: "", reason: "" })}
      >
        {t("Accept and post")}
        <span className="hidden sm:inline-flex">
          <Kbd keys="a" inverted />
        </span>
      </Button>
      <Button size="large" className="max-sm:flex-1 max-sm:px-2 max-sm:text-sm" onClick={() => onWriting("edit")}>
        {t("Edit")}
        <span className="hidden sm:inline-flex">
          <Kbd keys="e" />
        </span>
      </Button>
      <Button
        size="large"
        className="max-sm:flex-1 max-sm:px-2 max-sm:text-sm"
        look="danger"
        onClick={() => onWriting("reject")}
      >
        {t("Reject")}
        <span className="hidden sm:inline-flex">
          <Kbd keys="r" />
        </span>
      </Button>
    </div>
  );
}
