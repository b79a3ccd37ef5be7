import type { SourceSummary } from "@aika/client";
import { useAika } from "@aika/react";
import { formatNumber, t } from "@aika/react/text";
import { Button, EmptyState, ErrorNote, Input, Loading, Note, Page, Segmented } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { Library, Plus, Search } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import { useMe } from "../../shell/me.ts";
import { isRunning, matches, needsAttention, type Wanted } from "./source-state.ts";
import { SourcesTable } from "./sources-table.tsx";
import { useSources } from "./use-sources.ts";

/** All sources at a glance: what each is for, how current it is, and what is wrong with it. */
export default function Sources(): ReactNode {
  const me = useMe();
  const { data, error, refetch } = useSources();
  const operator = me?.operator === true;
  return (
    <Page
      title={t("Sources")}
      lead={t("Where answers come from, how current each place is, and who looks after it.")}
      actions={operator && <AddButton />}
    >
      {operator && <WrongFiles />}
      {error !== null && data === undefined ? (
        <ErrorNote error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading rows={7} />
      ) : data.length === 0 ? (
        <NoSources operator={operator} />
      ) : (
        <Listed sources={data} />
      )}
    </Page>
  );
}

function AddButton() {
  return (
    <Button look="primary" asChild>
      <Link to="/sources/new">
        <Plus aria-hidden="true" />
        {t("Add a source")}
      </Link>
    </Button>
  );
}

function NoSources({ operator }: { operator: boolean }) {
  return (
    <EmptyState
      icon={<Library aria-hidden="true" />}
      title={operator ? t("No sources yet") : t("No sources for you yet")}
      action={operator && <AddButton />}
    >
      {operator
        ? t(
            "A source is a place that documents come from: a folder, a repository, a wiki, Slack. Add one to ask about it.",
          )
        : t("None of the sources holds something that you may read. Ask whoever runs aika here for access.")}
    </EmptyState>
  );
}

function Listed({ sources }: { sources: readonly SourceSummary[] }) {
  const [params, setParams] = useSearchParams();
  const words = params.get("q") ?? "";
  const wanted = (params.get("show") ?? "all") as Wanted;
  const set = (name: string, value: string) =>
    setParams(
      (now) => {
        if (value === "" || value === "all") now.delete(name);
        else now.set(name, value);
        return now;
      },
      { replace: true },
    );
  const attention = sources.filter(needsAttention).length;
  const shown = sources.filter((source) => isWanted(source, wanted) && (words === "" || matches(source, words)));
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <div className="relative w-full sm:w-72">
          <Search aria-hidden="true" className="pointer-events-none absolute top-2.5 left-3 size-4 text-faint" />
          <Input
            type="search"
            aria-label={t("Filter sources")}
            placeholder={t("Filter by name, purpose or owner")}
            className="pl-9"
            value={words}
            onChange={(event) => set("q", event.target.value)}
          />
        </div>
        <Segmented<Wanted>
          label={t("Which sources")}
          value={wanted}
          onValueChange={(value) => set("show", value)}
          choices={[
            { value: "all", label: t("All {n}", { n: formatNumber(sources.length) }) },
            { value: "attention", label: t("Need attention {n}", { n: formatNumber(attention) }) },
            { value: "syncing", label: t("Syncing {n}", { n: formatNumber(sources.filter(isRunning).length) }) },
          ]}
        />
      </div>
      {shown.length === 0 ? (
        <EmptyState title={wanted === "attention" && words === "" ? t("Nothing needs attention") : t("No source fits")}>
          {wanted === "attention" && words === ""
            ? t("Every source is as current as promised, and all of its documents could be read.")
            : t("Try other words, or look at all sources.")}
        </EmptyState>
      ) : (
        <SourcesTable sources={shown} />
      )}
    </>
  );
}

function isWanted(source: SourceSummary, wanted: Wanted): boolean {
  if (wanted === "attention") return needsAttention(source);
  return wanted !== "syncing" || isRunning(source);
}

/** Files that cannot be taken on: whoever wrote them looks here first. */
function WrongFiles() {
  const aika = useAika();
  const { data = [] } = useQuery({
    queryKey: ["sources", "-errors"],
    queryFn: async ({ signal }) => (await aika.GET("/v1/source-errors", { signal })).data ?? [],
  });
  if (data.length === 0) return null;
  return (
    <Note tone="warn" className="mb-5">
      <p className="font-medium">
        {t(
          "{n, plural, one {A source’s file is} other {# sources’ files are}} wrong. What was declared before goes on working.",
          {
            n: data.length,
          },
        )}
      </p>
      <ul className="mt-1.5 flex flex-col gap-1">
        {data.map((problem) => (
          <li key={problem.message} className="break-words">
            {problem.message}
          </li>
        ))}
      </ul>
    </Note>
  );
}
