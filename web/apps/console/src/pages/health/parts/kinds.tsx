import type { FindingSummary } from "@aika/client";
import { t } from "@aika/react/text";
import { Badge, type Tone } from "@aika/react/ui";
import { CircleHelp, FileClock, FileQuestion, type LucideIcon, Scale, SearchX } from "lucide-react";
import type { ReactNode } from "react";

type Kind = FindingSummary["kind"];
type State = FindingSummary["state"];

export const KINDS: readonly Kind[] = ["outdated", "conflicting", "unsupported", "not retrieved", "no document"];

const icons: Readonly<Record<Kind, LucideIcon>> = {
  outdated: FileClock,
  conflicting: Scale,
  unsupported: CircleHelp,
  "not retrieved": SearchX,
  "no document": FileQuestion,
};

/** What a kind of finding is called. */
export function kindName(kind: Kind): string {
  switch (kind) {
    case "outdated":
      return t("Out of date");
    case "conflicting":
      return t("Conflicting");
    case "unsupported":
      return t("Misread");
    case "not retrieved":
      return t("Not found");
    case "no document":
      return t("Missing");
  }
}

/** What it means, in a sentence. */
export function kindMeaning(kind: Kind): string {
  switch (kind) {
    case "outdated":
      return t("The document says what no longer holds.");
    case "conflicting":
      return t("Documents say different things of the same, and nothing tells which of them holds.");
    case "unsupported":
      return t("The answer said what the document does not say: its wording misleads.");
    case "not retrieved":
      return t("The document answers the question, and was not found for it.");
    case "no document":
      return t("Nothing that the askers may read answers it.");
  }
}

export function KindIcon({ kind, className }: { kind: Kind; className?: string }): ReactNode {
  const Icon = icons[kind];
  return <Icon aria-hidden="true" className={className} />;
}

export function KindBadge({ kind }: { kind: Kind }): ReactNode {
  const tone: Tone = kind === "conflicting" || kind === "outdated" ? "warn" : "neutral";
  return (
    <Badge tone={tone}>
      <KindIcon kind={kind} />
      {kindName(kind)}
    </Badge>
  );
}

export function stateName(state: State): string {
  switch (state) {
    case "open":
      return t("Open");
    case "accepted":
      return t("Accepted");
    case "dismissed":
      return t("Dismissed");
    case "resolved":
      return t("Resolved");
  }
}

export function StateBadge({ state }: { state: State }): ReactNode {
  const tones: Readonly<Record<State, Tone>> = {
    open: "accent",
    accepted: "accent",
    dismissed: "neutral",
    resolved: "good",
  };
  return <Badge tone={tones[state]}>{stateName(state)}</Badge>;
}
