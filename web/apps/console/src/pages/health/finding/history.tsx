import type { FindingEventView, FindingView } from "@aika/client";
import { useAika } from "@aika/react";
import { formatAge, formatTime, t } from "@aika/react/text";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

/** What happened to the finding, the newest first. */
export function History({ finding, className }: { finding: FindingView; className?: string }): ReactNode {
  const aika = useAika();
  const { id } = finding;
  const history = useQuery({
    queryKey: ["health", "history", id, finding.version],
    queryFn: async () =>
      (await aika.GET("/v1/findings/{id}/history", { params: { path: { id } } })).data?.events.toReversed() ?? [],
    placeholderData: (before) => before,
  });
  if (history.data === undefined || history.data.length === 0) return null;
  return (
    <section className={className}>
      <h2 className="text-sm font-semibold">{t("History")}</h2>
      <ol className="mt-3 flex flex-col gap-3.5 border-l pl-4">
        {history.data.map((event, at) => (
          <li key={`${event.at} ${at}`} className="relative text-sm">
            <span
              aria-hidden="true"
              className="absolute top-1.5 -left-[1.3125rem] size-2.5 rounded-full border-2 border-surface bg-line-strong"
            />
            <p>{said(event)}</p>
            {event.note !== "" && <p className="break-words text-muted">{event.note}</p>}
            <time dateTime={event.at} title={formatTime(event.at)} className="text-[0.8125rem] text-muted">
              {formatAge(event.at)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
}

function said({ what, by, assignee }: FindingEventView): string {
  const who = by === "" ? t("aika") : by;
  switch (what) {
    case "found":
      return t("Found");
    case "accepted":
      return assignee === ""
        ? t("Accepted by {who}", { who })
        : t("Accepted by {who}, assigned to {assignee}", { who, assignee });
    case "assigned":
      return assignee === ""
        ? t("Taken from whom it was assigned to, by {who}", { who })
        : t("Assigned to {assignee} by {who}", { assignee, who });
    case "dismissed":
      return t("Dismissed by {who}", { who });
    case "resolved":
      return t("Resolved by {who}", { who });
    case "reopened":
      return t("Opened again by {who}", { who });
  }
}
