import type { CaseState, CaseView } from "@aika/client";
import { useAika } from "@aika/react";
import { formatAge, formatShare, formatTime, t } from "@aika/react/text";
import {
  Badge,
  type Column,
  EmptyState,
  ErrorNote,
  Loading,
  Section,
  Segmented,
  Table,
  type Tone,
} from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { ExternalLink, Inbox } from "lucide-react";
import { type ReactNode, useState } from "react";

const SHOWN = 30;

type Kept = "all" | "waiting" | "decided" | "answered" | "silent";
const STATES: Readonly<Record<Kept, CaseState[]>> = {
  all: [],
  waiting: ["proposed"],
  decided: ["accepted", "edited", "rejected"],
  answered: ["answered"],
  silent: ["silent", "ignored", "withdrawn"],
};

/** What became of the channel's newest messages. Their words stay in Slack. */
export function Cases({ name }: { name: string }): ReactNode {
  const aika = useAika();
  const [kept, setKept] = useState<Kept>("all");
  const cases = useQuery({
    queryKey: ["goalies", "cases", name, kept],
    queryFn: async () => {
      const state = kept === "all" ? {} : { state: STATES[kept] };
      const params = { path: { name }, query: { limit: SHOWN, ...state } };
      return (await aika.GET("/v1/goalies/{name}/cases", { params })).data?.cases ?? [];
    },
  });
  return (
    <Section
      title={t("What became of the newest messages")}
      lead={t("Their words stay in Slack: here is only what was done about them, and why.")}
    >
      <Segmented<Kept>
        label={t("Which messages")}
        className="mb-3 max-w-full overflow-x-auto"
        value={kept}
        onValueChange={setKept}
        choices={[
          { value: "all", label: t("All") },
          { value: "waiting", label: t("Waiting") },
          { value: "decided", label: t("Decided") },
          { value: "answered", label: t("Answered") },
          { value: "silent", label: t("Left alone") },
        ]}
      />
      {cases.isPending && <Loading rows={3} />}
      {cases.isError && <ErrorNote error={cases.error} retry={() => void cases.refetch()} />}
      {cases.data?.length === 0 && kept !== "all" && (
        <EmptyState icon={<Inbox />} title={t("None of its messages is like that")} />
      )}
      {cases.data?.length === 0 && kept === "all" && (
        <EmptyState icon={<Inbox />} title={t("It has not looked at a message yet")}>
          {t("Invite aika to the channel, with /invite @aika. It looks at what is written from then on.")}
        </EmptyState>
      )}
      {cases.data !== undefined && cases.data.length > 0 && (
        <Table caption={t("Cases")} columns={columns()} rows={cases.data} keyOf={(one) => one.id} />
      )}
    </Section>
  );
}

function columns(): Column<CaseView>[] {
  return [
    {
      id: "seen",
      title: t("Seen"),
      cell: (one) => (
        <time dateTime={one.seen_at} title={formatTime(one.seen_at)} className="whitespace-nowrap">
          {formatAge(one.seen_at)}
        </time>
      ),
    },
    { id: "state", title: t("What became of it"), cell: (one) => <State state={one.state} shadow={one.shadow} /> },
    {
      id: "confidence",
      title: t("Confidence"),
      numeric: true,
      cell: (one) => (one.confidence === null ? "" : formatShare(one.confidence)),
    },
    { id: "reason", title: t("Why"), wideOnly: true, className: "max-w-80", cell: (one) => one.reason },
    { id: "by", title: t("Decided by"), wideOnly: true, cell: (one) => one.decided_by },
    { id: "place", title: <span className="sr-only">{t("In Slack")}</span>, cell: (one) => <Place one={one} /> },
  ];
}

/** The way to the message itself, where the workspace says what that is. */
function Place({ one }: { one: CaseView }): ReactNode {
  if (one.address === "") return null;
  return (
    <a
      href={one.address}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={t("Open the message of {time} in Slack", { time: formatTime(one.seen_at) })}
      className="inline-flex rounded p-1 text-muted hover:text-ink"
    >
      <ExternalLink aria-hidden="true" className="size-4" />
    </a>
  );
}

function State({ state, shadow }: { state: string; shadow: boolean }): ReactNode {
  const tones: Readonly<Record<string, Tone>> = {
    accepted: "good",
    edited: "good",
    answered: "good",
    proposed: "accent",
    waiting: "accent",
    rejected: "bad",
  };
  const words: Readonly<Record<string, string>> = {
    waiting: t("being asked"),
    ignored: t("no question"),
    silent: t("left to people"),
    proposed: t("waits for a human"),
    answered: t("answered by itself"),
    accepted: t("accepted"),
    edited: t("edited"),
    rejected: t("rejected"),
    withdrawn: t("withdrawn"),
  };
  return (
    <span className="inline-flex flex-wrap gap-1.5">
      <Badge tone={tones[state] ?? "neutral"}>{words[state] ?? state}</Badge>
      {shadow && <Badge>{t("in shadow")}</Badge>}
    </span>
  );
}
