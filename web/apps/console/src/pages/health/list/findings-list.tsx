import type { FindingSummary, HealthView } from "@aika/client";
import { useAika } from "@aika/react";
import { formatAge, formatTime, t } from "@aika/react/text";
import { Button, EmptyState, ErrorNote, Loading, Section } from "@aika/react/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { CircleCheckBig, ListFilter, Users } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Link, useLocation, useSearchParams } from "react-router";
import { KindIcon, kindName, StateBadge } from "../parts/kinds.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { asked, type Filters, filtersOf } from "./filters.ts";

const PAGE = 25;

/** Findings, what cost the most people first. */
export function FindingsList({ health }: { health: HealthView }): ReactNode {
  const aika = useAika();
  const [query] = useSearchParams();
  const filters = filtersOf(query);
  const found = useInfiniteQuery({
    queryKey: ["health", "findings", filters],
    queryFn: async ({ pageParam }) => {
      const params = { query: asked(filters, PAGE, pageParam) };
      const { data } = await aika.GET("/v1/findings", { params });
      return data ?? { findings: [], next: null };
    },
    initialPageParam: 0,
    getNextPageParam: (last) => last.next,
  });
  const place = useRef<HTMLSpanElement>(null);
  const { hash, key } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever follows the link again is brought there again
  useEffect(() => {
    if (hash === "#findings") place.current?.scrollIntoView({ block: "start" });
  }, [hash, key]);
  const findings = found.data?.pages.flatMap((page) => page.findings) ?? [];
  return (
    <Section
      title={
        <span ref={place} id="findings" className="scroll-mt-6">
          {t("Findings")}
        </span>
      }
      lead={t("What cost the most people an answer comes first. You see those of documents that you may read.")}
    >
      <FilterBar health={health} filters={filters} />
      {found.isPending && <Loading rows={4} />}
      {found.isError && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      {found.isSuccess && findings.length === 0 && <NothingFound filters={filters} />}
      {findings.length > 0 && (
        <ul className="divide-y overflow-hidden rounded-2xl border border-line">
          {findings.map((finding) => (
            <li key={finding.id}>
              <Row finding={finding} />
            </li>
          ))}
        </ul>
      )}
      {found.hasNextPage && (
        <Button className="mt-4" busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t("Show more")}
        </Button>
      )}
    </Section>
  );
}

function Row({ finding }: { finding: FindingSummary }): ReactNode {
  return (
    <Link
      to={`/health/findings/${finding.id}`}
      className="flex items-start gap-4 px-4 py-3.5 transition-colors hover:bg-sunken/60 sm:px-5"
    >
      <KindIcon kind={finding.kind} className="mt-0.5 size-4.5 shrink-0 text-muted" />
      <span className="min-w-0 flex-1">
        <span className="block text-[0.9375rem] font-medium break-words">{finding.title}</span>
        <span className="mt-0.5 flex flex-wrap gap-x-2 text-[0.8125rem] text-muted">
          <span>{kindName(finding.kind)}</span>
          <span aria-hidden="true">·</span>
          <span>{finding.owner?.name ?? t("no owner")}</span>
          {finding.source !== null && (
            <>
              <span aria-hidden="true">·</span>
              <span>{finding.source}</span>
            </>
          )}
          <span aria-hidden="true">·</span>
          <time dateTime={finding.created_at} title={formatTime(finding.created_at)}>
            {formatAge(finding.created_at)}
          </time>
          {finding.assignee !== "" && (
            <>
              <span aria-hidden="true">·</span>
              <span>{t("with {who}", { who: finding.assignee })}</span>
            </>
          )}
        </span>
      </span>
      <span className="flex shrink-0 flex-col items-end gap-1.5 sm:flex-row sm:items-center sm:gap-3">
        {finding.people > 0 && (
          <span className="inline-flex items-center gap-1 text-[0.8125rem] text-muted tabular">
            <Users aria-hidden="true" className="size-3.5" />
            <span aria-hidden="true">{finding.people}</span>
            <span className="sr-only">
              {t("{n, plural, one {# person} other {# people}} got no good answer", { n: finding.people })}
            </span>
          </span>
        )}
        {finding.state !== "open" && <StateBadge state={finding.state} />}
      </span>
    </Link>
  );
}

function NothingFound({ filters }: { filters: Filters }): ReactNode {
  const narrowed = filters.kind || filters.owner || filters.source || filters.age || filters.mine;
  if (narrowed) {
    return (
      <EmptyState icon={<ListFilter />} title={t("No finding is like that")}>
        {t("Take a filter away to see the others.")}
      </EmptyState>
    );
  }
  if (filters.states.includes("resolved")) {
    return <EmptyState icon={<CircleCheckBig />} title={t("Nothing was resolved or dismissed yet")} />;
  }
  return (
    <EmptyState icon={<CircleCheckBig />} title={t("Nothing is known to be wrong")}>
      {t(
        "A finding comes about when somebody says that an answer was wrong, when nothing answers a question, or when two documents contradict each other.",
      )}
    </EmptyState>
  );
}
