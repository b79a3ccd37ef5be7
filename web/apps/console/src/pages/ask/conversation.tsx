import type { CitationView, HitView } from "@aika/client";
import { type Asking, type Place, placeOfCitation, placeOfHit, useStandings } from "@aika/react";
import { t } from "@aika/react/text";
import { ErrorNote, Loading } from "@aika/react/ui";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { Link } from "react-router";
import { ConversationBar } from "./conversation-bar.tsx";
import { SidePassage } from "./side-passage.tsx";
import { Thread } from "./thread.tsx";

export interface ConversationProps {
  readonly conversation: Asking;
  readonly assistant: string | null;
  readonly composer: ReactNode;
}

/** What is open beside the answers: a citation of one of them, or what came near. */
export interface Opened {
  readonly place: Place;
  readonly answerId: string;
  readonly citations: readonly CitationView[];
}

/** A conversation with its answers, and beside them the passage that was opened. */
export default function Conversation({ conversation, assistant, composer }: ConversationProps): ReactNode {
  const [opened, setOpened] = useState<Opened | null>(null);
  const standings = useStandings(useCitedDocuments(conversation));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation closes what was open
  useEffect(() => setOpened(null), [conversation.store]);
  if (conversation.trouble !== null && conversation.exchanges.length === 0)
    return <NotShown conversation={conversation} />;
  const openCitation = (answerId: string, citations: readonly CitationView[], marker: number) => {
    const citation = citations.find((one) => one.marker === marker);
    if (citation !== undefined) setOpened({ place: placeOfCitation(citation), answerId, citations });
  };
  const openHit = (answerId: string, hit: HitView) => setOpened({ place: placeOfHit(hit), answerId, citations: [] });
  return (
    <div className="relative flex h-full min-h-0 overflow-clip">
      <div className="flex h-full min-w-0 flex-1 flex-col">
        <ConversationBar conversation={conversation} />
        {conversation.loading && conversation.exchanges.length === 0 ? (
          <div className="mx-auto w-full max-w-[46rem] flex-1 px-4 pt-8 sm:px-6">
            <Loading />
          </div>
        ) : (
          <Thread
            conversation={conversation}
            assistant={assistant}
            standings={standings}
            opened={opened}
            onOpenCitation={openCitation}
            onOpenHit={openHit}
          />
        )}
        {/* With the margins that the scroll bar leaves the answers, so that both stand in one column. */}
        <div className="-mt-4 overflow-hidden pt-4 [scrollbar-gutter:stable_both-edges]">
          <div className="mx-auto w-full max-w-[49rem] px-3 pb-3 sm:px-6 sm:pb-5">{composer}</div>
        </div>
      </div>
      <SidePassage opened={opened} standings={standings} onOpen={setOpened} />
    </div>
  );
}

function NotShown({ conversation }: { conversation: Asking }) {
  const { trouble, store } = conversation;
  const gone = trouble?.status === 404;
  return (
    <div className="mx-auto flex max-w-xl flex-col gap-4 px-4 pt-16">
      <ErrorNote
        error={
          gone
            ? t("This conversation does not exist, or it is not yours. Ask its owner for a link.")
            : (trouble?.detail ?? "")
        }
        {...(gone ? {} : { retry: () => void store.load() })}
      />
      <Link to="/" className="w-fit text-sm text-accent hover:underline">
        {t("Ask something new")}
      </Link>
    </div>
  );
}

function useCitedDocuments(conversation: Asking): readonly string[] {
  const { exchanges } = conversation;
  return useMemo(
    () =>
      exchanges
        .flatMap((exchange) => [exchange.completion, ...exchange.earlier.map((version) => version.completion)])
        .flatMap((completion) => [
          ...(completion?.citations ?? []).map((citation) => citation.document.id),
          ...(completion?.nearest ?? []).map((hit) => hit.document.id),
        ]),
    [exchanges],
  );
}
