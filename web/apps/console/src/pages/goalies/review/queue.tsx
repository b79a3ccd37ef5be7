import type { QueuedCase } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, EmptyState, ErrorNote, type KeyActions, Loading, useSingleKeys } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { CircleCheckBig, MessagesSquare } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import type { Verdict } from "./outbox.ts";
import { OutboxBar } from "./outbox-bar.tsx";
import { Proposal, type Writing } from "./proposal.tsx";
import { QueueList } from "./queue-list.tsx";
import { useVerdicts } from "./verdicts.ts";

/** The proposals that wait, one of them open. */
export function Queue({ goalie, anyGoalie }: { goalie?: string; anyGoalie: boolean }): ReactNode {
  const aika = useAika();
  const queue = useQuery({
    queryKey: ["goalies", "queue", goalie ?? ""],
    queryFn: async () => {
      const query = goalie === undefined ? {} : { goalie };
      return (await aika.GET("/v1/goalies/queue", { params: { query } })).data?.cases ?? [];
    },
    refetchInterval: 20_000,
  });
  if (queue.isPending) return <Loading rows={6} />;
  if (queue.isError) return <ErrorNote error={queue.error} retry={() => void queue.refetch()} />;
  return <Open cases={queue.data} anyGoalie={anyGoalie} />;
}

function Open({ cases, anyGoalie }: { cases: readonly QueuedCase[]; anyGoalie: boolean }): ReactNode {
  const { posted, outbox } = useVerdicts();
  const decided = useMemo(
    () => new Set(posted.filter((one) => one.progress !== "failed").map((one) => one.id)),
    [posted],
  );
  const waiting = useMemo(() => cases.filter((one) => !decided.has(one.id)), [cases, decided]);
  const [chosen, setChosen] = useState<string>();
  const [writing, setWriting] = useState<Writing>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const at = Math.max(
    0,
    waiting.findIndex((one) => one.id === chosen),
  );
  const open = waiting[at];

  const go = (id: string | undefined) => {
    setChosen(id);
    setWriting(null);
  };
  const decide = (verdict: Pick<Verdict, "ruling" | "text" | "reason">) => {
    if (open === undefined) return;
    outbox.add({ ...verdict, goalie: open.goalie, id: open.id, question: open.question });
    go((waiting[at + 1] ?? waiting[at - 1])?.id);
    heading.current?.focus();
  };
  const undo = () => {
    const back = outbox.undo();
    if (back !== undefined) go(back.id);
  };
  const actions: KeyActions = {
    j: () => go(waiting[Math.min(at + 1, waiting.length - 1)]?.id),
    k: () => go(waiting[Math.max(at - 1, 0)]?.id),
    a: open && (() => decide({ ruling: "accept", text: "", reason: "" })),
    e: open && (() => setWriting("edit")),
    r: open && (() => setWriting("reject")),
    o: open?.address ? () => window.open(open.address, "_blank", "noopener,noreferrer") : undefined,
    u: undo,
  };
  useSingleKeys(actions);
  // Somebody else may decide about what is open: then it is gone, and the form with it.
  useEffect(() => {
    if (chosen !== undefined && !waiting.some((one) => one.id === chosen)) setWriting(null);
  }, [chosen, waiting]);

  return (
    <>
      {open === undefined ? (
        <NothingWaits anyGoalie={anyGoalie} />
      ) : (
        <div className="grid items-start gap-x-8 gap-y-5 lg:grid-cols-[19rem_minmax(0,1fr)]">
          <QueueList cases={waiting} open={open.id} onOpen={go} />
          <Proposal
            key={open.id}
            queued={open}
            heading={heading}
            writing={writing}
            onWriting={setWriting}
            onDecide={decide}
          />
        </div>
      )}
      <OutboxBar posted={posted} onUndo={undo} />
    </>
  );
}

function NothingWaits({ anyGoalie }: { anyGoalie: boolean }): ReactNode {
  if (!anyGoalie) {
    return (
      <EmptyState icon={<MessagesSquare />} title={t("No channel is yours to look after")}>
        {t(
          "A goalie answers a Slack channel's questions and shows what it is not sure of to the humans that its file names. A team declares one in a file of a few lines: goalies/NAME.yaml.",
        )}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<CircleCheckBig />}
      title={t("Nothing waits for you")}
      action={
        <Button asChild>
          <Link to="/goalies?view=channels">{t("See the channels")}</Link>
        </Button>
      }
    >
      {t(
        "New proposals come here, and in Slack, as soon as somebody asks what a goalie is not sure of. This page looks for them by itself.",
      )}
    </EmptyState>
  );
}
