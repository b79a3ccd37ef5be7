import type { AssistantSummary } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, EmptyState, ErrorNote, Input, Loading, Page, Segmented } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { Bot, Plus, Search } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import { AssistantCard } from "./assistant-card.tsx";
import { fitting, type Shelf, shelves } from "./shelves.ts";

/** The assistants that one may ask or manage. */
export default function Assistants(): ReactNode {
  const aika = useAika();
  const [search, setSearch] = useSearchParams();
  const found = useQuery({
    queryKey: ["assistants", "manageable"],
    queryFn: async () => (await aika.GET("/v1/assistants", { params: { query: { manageable: true } } })).data ?? [],
  });
  const shelf = (search.get("show") ?? "all") as Shelf;
  const typed = search.get("search") ?? "";
  const show = (change: Readonly<Record<string, string>>) => {
    const next = { show: shelf, search: typed, ...change };
    const kept = Object.entries(next).filter(([name, value]) => value !== "" && !(name === "show" && value === "all"));
    setSearch(Object.fromEntries(kept), { replace: true });
  };
  return (
    <Page
      title={t("Assistants")}
      lead={t("Each knows a part of what your company knows, and speaks in its own way. Ask one, or make your own.")}
      actions={
        <Button look="primary" asChild>
          <Link to="/assistants/new">
            <Plus aria-hidden="true" />
            {t("New assistant")}
          </Link>
        </Button>
      }
    >
      {found.isPending && <Loading rows={6} />}
      {found.isError && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      {found.data !== undefined && found.data.length === 0 && <None />}
      {found.data !== undefined && found.data.length > 0 && (
        <>
          <div className="mb-6 flex flex-wrap items-center gap-3">
            <span className="relative min-w-56 flex-1 sm:max-w-sm">
              <Search aria-hidden="true" className="pointer-events-none absolute top-2.5 left-3 size-4 text-muted" />
              <Input
                type="search"
                value={typed}
                aria-label={t("Search assistants")}
                placeholder={t("Search by name, purpose or source")}
                onChange={(event) => show({ search: event.target.value })}
                className="pl-9"
              />
            </span>
            <div className="max-w-full overflow-x-auto">
              <Segmented<Shelf>
                label={t("Which assistants")}
                value={shelf}
                onValueChange={(chosen) => show({ show: chosen })}
                choices={shelves(found.data).map(({ id, label, count }) => ({
                  value: id,
                  label: (
                    <>
                      {label} <span className="ml-1 text-xs text-muted tabular">{count}</span>
                    </>
                  ),
                }))}
              />
            </div>
          </div>
          <Cards assistants={fitting(found.data, shelf, typed)} />
        </>
      )}
    </Page>
  );
}

function Cards({ assistants }: { assistants: readonly AssistantSummary[] }): ReactNode {
  if (assistants.length === 0) {
    return (
      <EmptyState icon={<Search />} title={t("No assistant fits")}>
        {t("Try another word, or look among all of them.")}
      </EmptyState>
    );
  }
  return (
    <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3" aria-label={t("Assistants")}>
      {assistants.map((assistant) => (
        <li key={assistant.id} className="min-w-0">
          <AssistantCard assistant={assistant} />
        </li>
      ))}
    </ul>
  );
}

function None(): ReactNode {
  return (
    <EmptyState
      icon={<Bot />}
      title={t("No assistant yet")}
      action={
        <Button look="primary" asChild>
          <Link to="/assistants/new">{t("Make the first one")}</Link>
        </Button>
      }
    >
      {t(
        "An assistant answers from the documents that matter for one team or topic, in the tone that fits. It takes a name and a choice of sources.",
      )}
    </EmptyState>
  );
}
