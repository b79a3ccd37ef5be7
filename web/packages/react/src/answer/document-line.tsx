import type { DocumentSummary, StandingView } from "@aika/client";
import type { ReactNode } from "react";
import { formatAge, formatDate, t } from "../text/index.ts";
import { cn } from "../ui/classes.ts";
import { Badge } from "../ui/surfaces.tsx";

const HARMLESS = new Set(["accepted", "active", "approved", "current", "final", "implemented", "published", "stable"]);

/** Where a document is from, whose it is, and when it last changed, in one line. */
export function DocumentLine({ document, className }: { document: DocumentSummary; className?: string }): ReactNode {
  return (
    <span className={cn("flex flex-wrap items-center gap-x-1.5 gap-y-0.5 text-xs text-muted", className)}>
      <span>{document.source}</span>
      {document.owner !== null && (
        <>
          <Dot />
          <span className="truncate">{document.owner.name}</span>
        </>
      )}
      {document.modified_at !== null && (
        <>
          <Dot />
          <time dateTime={document.modified_at} title={formatDate(document.modified_at)}>
            {t("changed {age}", { age: formatAge(document.modified_at) })}
          </time>
        </>
      )}
    </span>
  );
}

function Dot() {
  return (
    <span aria-hidden="true" className="text-faint">
      ·
    </span>
  );
}

/** What keeps a document from being relied on; nothing for one that is current. */
export function StandingBadge({
  document,
  standing,
}: {
  document: DocumentSummary;
  standing?: StandingView | undefined;
}): ReactNode {
  if (standing !== undefined && standing.standing !== "current") {
    const serious = standing.standing === "superseded" || standing.standing === "conflicting";
    return <Badge tone={serious ? "bad" : "warn"}>{standingWord(standing.standing)}</Badge>;
  }
  const status = document.status?.trim();
  if (!status || HARMLESS.has(status.toLowerCase())) return null;
  return <Badge tone="warn">{status.length > 24 ? `${status.slice(0, 23)}…` : status}</Badge>;
}

function standingWord(standing: Exclude<StandingView["standing"], "current">): string {
  switch (standing) {
    case "old":
      return t("old");
    case "outdated":
      return t("outdated");
    case "conflicting":
      return t("conflicting");
    case "superseded":
      return t("superseded");
    case "late":
      return t("behind its source");
  }
}
