import type { DocumentSummary, StandingView } from "@aika/client";
import type { ReactNode } from "react";
import { formatAge, formatDate, t } from "../text/index.ts";
import { cn } from "../ui/classes.ts";
import { Badge } from "../ui/surfaces.tsx";

const HARMLESS = new Set(["accepted", "active", "approved", "current", "final", "implemented", "published", "stable"]);

/** Where a document is from, whose it is, and when it last changed, in one line. */
export function DocumentLine({ document, className }: { document: DocumentSummary; className?: string }): ReactNode {
  const { source, owner, modified_at } = document;
  return (
    // The dots before the facts stand in the margin that is cut off, so that no line begins or ends with one.
    <span className={cn("block overflow-hidden text-xs text-muted", className)}>
      <span className="-ml-3.5 flex flex-wrap gap-y-0.5">
        <Fact>{source}</Fact>
        {owner !== null && <Fact>{owner.name}</Fact>}
        {modified_at !== null && (
          <Fact>
            <time dateTime={modified_at} title={formatDate(modified_at)}>
              {t("changed {age}", { age: formatAge(modified_at) })}
            </time>
          </Fact>
        )}
      </span>
    </span>
  );
}

function Fact({ children }: { children: ReactNode }) {
  return (
    <span className="flex max-w-full min-w-0">
      <span aria-hidden="true" className="w-3.5 shrink-0 text-center text-faint">
        ·
      </span>
      <span className="truncate">{children}</span>
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
