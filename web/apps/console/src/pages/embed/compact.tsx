import type { AssistantSummary } from "@aika/client";
import { type Ask, type Place, placeOfCitation, placeOfHit, useAika, useAsk } from "@aika/react";
import { t } from "@aika/react/text";
import { EmptyState, Loading } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { CircleHelp } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { CompactComposer } from "./compact-composer.tsx";
import { CompactHeader } from "./compact-header.tsx";
import { CompactPassage } from "./compact-passage.tsx";
import { CompactTurn } from "./compact-turn.tsx";
import { useShown } from "./host-page.ts";

/** A conversation that fits into a corner of another page. */
export function Compact({ wanted }: { wanted: string | null }): ReactNode {
  const aika = useAika();
  const found = useQuery({
    queryKey: ["assistants", "askable"],
    queryFn: async () => (await aika.GET("/v1/assistants")).data ?? [],
    enabled: wanted !== null,
  });
  if (wanted === null) return <Talk assistant={null} />;
  if (found.isPending) return <Loading rows={3} />;
  const assistant = meant(found.data ?? [], wanted);
  if (assistant !== undefined) return <Talk assistant={assistant} />;
  return (
    <main className="flex h-dvh flex-col">
      <CompactHeader title={t("Ask aika")} link="/" />
      <div className="p-5">
        <EmptyState icon={<CircleHelp />} title={t("There is no assistant {name} for you", { name: wanted })}>
          {t("It may be gone, or not yours to use. Whoever keeps this page can say more.")}
        </EmptyState>
      </div>
    </main>
  );
}

function Talk({ assistant }: { assistant: AssistantSummary | null }): ReactNode {
  const talk = useAsk(assistant === null ? {} : { assistant: assistant.id });
  const [opened, setOpened] = useState<Place | null>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  useShown(() => input.current?.focus());
  // The page around it says that it is shown before this is here to hear it.
  useEffect(() => input.current?.focus(), []);
  const begun = talk.exchanges.length > 0;
  return (
    <main className="relative flex h-dvh flex-col bg-surface">
      <CompactHeader
        title={assistant?.name ?? t("Ask aika")}
        link={linkOf(talk, assistant)}
        {...(begun ? { onClear: talk.clear } : {})}
      />
      <Thread talk={talk} assistant={assistant} onOpen={setOpened} />
      <CompactComposer
        ref={input}
        busy={talk.busy}
        onAsk={(question) => void talk.ask(question)}
        onStop={() => void talk.stop()}
      />
      <CompactPassage place={opened} onClose={() => setOpened(null)} />
    </main>
  );
}

function Thread({
  talk,
  assistant,
  onOpen,
}: {
  talk: Ask;
  assistant: AssistantSummary | null;
  onOpen: (place: Place) => void;
}): ReactNode {
  const list = useRef<HTMLElement>(null);
  const count = talk.exchanges.length;
  useEffect(() => {
    // The newest question comes to the top, so that its answer is read from its beginning.
    if (count > 0) list.current?.lastElementChild?.scrollIntoView({ block: "start" });
  }, [count]);
  if (count === 0) return <Welcome assistant={assistant} onAsk={(question) => void talk.ask(question)} />;
  return (
    <section ref={list} aria-label={t("Conversation")} className="flex-1 overflow-y-auto px-4 pb-4">
      {talk.exchanges.map((exchange, at) => (
        <CompactTurn
          key={exchange.key}
          exchange={exchange}
          isLast={at === count - 1}
          onAgain={() => void talk.store.ask(again(exchange, assistant))}
          onCitation={(marker) => {
            const citation = exchange.completion?.citations.find((one) => one.marker === marker);
            if (citation !== undefined) onOpen(placeOfCitation(citation));
          }}
          onHit={(hit) => onOpen(placeOfHit(hit))}
        />
      ))}
    </section>
  );
}

function Welcome({
  assistant,
  onAsk,
}: {
  assistant: AssistantSummary | null;
  onAsk: (question: string) => void;
}): ReactNode {
  const greeting = assistant?.greeting || assistant?.purpose || t("Answers from your company's own documents.");
  const suggested = useSuggested(assistant?.id ?? null);
  return (
    <div className="flex flex-1 flex-col justify-end gap-4 overflow-y-auto px-5 pb-3">
      <p className="text-[0.9375rem] leading-relaxed text-balance">{greeting}</p>
      {suggested.length > 0 && (
        <ul className="flex animate-appear flex-col gap-1.5" aria-label={t("Example questions")}>
          {suggested.map((question) => (
            <li key={question}>
              <button
                type="button"
                onClick={() => onAsk(question)}
                className="w-full rounded-xl border border-line px-3.5 py-2 text-left text-sm hover:bg-sunken"
              >
                {question}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Questions that can be answered: the assistant's own examples first. */
function useSuggested(assistant: string | null): readonly string[] {
  const aika = useAika();
  const { data } = useQuery({
    queryKey: ["conversations", "suggestions", "few", assistant],
    queryFn: async ({ signal }) => {
      const query = { limit: 3, ...(assistant === null ? {} : { assistant }) };
      return (await aika.GET("/v1/suggestions", { params: { query }, signal })).data?.suggestions ?? [];
    },
    staleTime: 300_000,
    retry: false,
  });
  return (data ?? []).map((suggestion) => suggestion.text);
}

function again(exchange: Ask["exchanges"][number], assistant: AssistantSummary | null) {
  return {
    question: exchange.question,
    instead: exchange.key,
    ...(assistant === null ? {} : { assistant: assistant.id }),
  };
}

function linkOf(talk: Ask, assistant: AssistantSummary | null): string {
  if (talk.id !== null) return `/c/${talk.id}`;
  return assistant === null ? "/" : `/?assistant=${encodeURIComponent(assistant.id)}`;
}

/** The assistant that a name or an id means: the nearest comes first in the list. */
function meant(assistants: readonly AssistantSummary[], wanted: string): AssistantSummary | undefined {
  const key = wanted.trim().toLowerCase();
  return (
    assistants.find((one) => one.id === wanted) ??
    assistants.find((one) => one.reference.toLowerCase() === key) ??
    assistants.find((one) => one.name.toLowerCase() === key)
  );
}
