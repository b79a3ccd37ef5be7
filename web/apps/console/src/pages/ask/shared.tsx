import type { SharedConversationView } from "@aika/client";
import { Answer, type Place, placeOfCitation, placeOfHit, useAika, useStandings } from "@aika/react";
import { formatDate, t } from "@aika/react/text";
import { Button, ErrorNote, Loading, toastError } from "@aika/react/ui";
import { useMutation, useQuery } from "@tanstack/react-query";
import { EyeOff, MessageSquarePlus } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import type { Opened } from "./conversation.tsx";
import { SidePassage } from "./side-passage.tsx";
import { useTitle } from "./use-title.ts";

/** A conversation that somebody shared, as far as its reader may see it: `/s/:token`. */
export default function Shared(): ReactNode {
  const { token = "" } = useParams();
  const aika = useAika();
  const shared = useQuery({
    queryKey: ["conversations", "shared", token],
    queryFn: async () => (await aika.GET("/v1/shared/{token}", { params: { path: { token } } })).data,
    retry: false,
  });
  useTitle(shared.data?.title ?? t("Shared conversation"));
  if (shared.isError) {
    return (
      <div className="mx-auto flex max-w-xl flex-col gap-4 px-4 pt-16">
        <ErrorNote error={t("This link does not work: it was taken back, or it is not complete.")} />
        <Link to="/" className="w-fit text-sm text-accent hover:underline">
          {t("Ask something yourself")}
        </Link>
      </div>
    );
  }
  if (shared.data === undefined) {
    return (
      <div className="mx-auto w-full max-w-[46rem] px-4 pt-10 sm:px-6">
        <Loading />
      </div>
    );
  }
  return <SharedConversation shared={shared.data} />;
}

function SharedConversation({ shared }: { shared: SharedConversationView }) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const standings = useStandings(useCited(shared));
  return (
    <div className="flex h-full min-h-0">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="min-w-0 flex-1 overflow-y-auto px-4 sm:px-6" tabIndex={0}>
        <div className="mx-auto w-full max-w-[46rem] pt-8 pb-16">
          <header className="border-b pb-5">
            <h1 className="text-xl font-semibold tracking-tight text-balance break-words">{shared.title}</h1>
            <p className="mt-1 text-sm text-muted">
              {shared.shared_by === null
                ? t("Shared on {date}", { date: formatDate(shared.shared_at) })
                : t("Shared by {name} on {date}", { name: shared.shared_by, date: formatDate(shared.shared_at) })}
            </p>
          </header>
          {shared.parts.map((part, at) =>
            part.type === "withheld" ? (
              <p key={at} className="mt-8 flex items-start gap-2.5 rounded-xl bg-sunken px-4 py-3 text-sm text-muted">
                <EyeOff aria-hidden className="mt-0.5 size-4 shrink-0" />
                {part.note}
              </p>
            ) : (
              <section key={part.completion.id} className="mt-8 flex flex-col gap-5">
                <h2 className="ml-auto max-w-[85%] rounded-2xl rounded-br-md bg-sunken px-4 py-2.5 break-words whitespace-pre-wrap">
                  {part.question}
                </h2>
                <Answer
                  completion={part.completion}
                  standings={standings}
                  {...openedIn(opened, part.completion.id)}
                  onOpen={(marker) => {
                    const { citations, id } = part.completion;
                    const citation = citations.find((one) => one.marker === marker);
                    if (citation) setOpened({ place: placeOfCitation(citation), answerId: id, citations });
                  }}
                  onOpenHit={(hit) =>
                    setOpened({ place: placeOfHit(hit), answerId: part.completion.id, citations: [] })
                  }
                />
              </section>
            ),
          )}
          <GoOn shared={shared} />
        </div>
      </div>
      <SidePassage opened={opened} standings={standings} onOpen={setOpened} />
    </div>
  );
}

function openedIn(opened: Opened | null, answerId: string): { open: number | null; openHit: Place["key"] | null } {
  if (opened === null || opened.answerId !== answerId) return { open: null, openHit: null };
  return { open: opened.place.marker, openHit: opened.place.key };
}

function GoOn({ shared }: { shared: SharedConversationView }) {
  const aika = useAika();
  const navigate = useNavigate();
  const copy = useMutation({
    mutationFn: async () =>
      (await aika.POST("/v1/shared/{token}/copy", { params: { path: { token: shared.token } } })).data,
    onSuccess: (made) => made && navigate(`/c/${made.id}`),
    onError: toastError,
  });
  return (
    <footer className="mt-10 flex flex-wrap items-center gap-3 border-t pt-5">
      {shared.own !== null && (
        <Button asChild>
          <Link to={`/c/${shared.own}`}>{t("Open your own")}</Link>
        </Button>
      )}
      {shared.continuable && shared.own === null && (
        <Button look="primary" busy={copy.isPending} onClick={() => copy.mutate()}>
          <MessageSquarePlus aria-hidden />
          {t("Go on from here")}
        </Button>
      )}
      <p className="text-sm text-muted">
        {shared.withheld && t("Some of it rests on documents that you may not read, and is not shown.")}
      </p>
    </footer>
  );
}

function useCited(shared: SharedConversationView): readonly string[] {
  return useMemo(
    () =>
      shared.parts.flatMap((part) =>
        part.type === "turn" ? part.completion.citations.map((citation) => citation.document.id) : [],
      ),
    [shared],
  );
}
