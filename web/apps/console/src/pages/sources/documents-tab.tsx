import type { DocumentsReply, SourceView } from "@aika/client";
import { useAika } from "@aika/react";
import { formatAge, formatNumber, formatTime, t } from "@aika/react/text";
import { Badge, Button, type Column, EmptyState, ErrorNote, Input, Loading, Segmented, Table } from "@aika/react/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { type ReactNode, useDeferredValue, useState } from "react";
import { Link } from "react-router";
import { PassagesFound } from "./passages-found.tsx";
import { found } from "./use-sources.ts";

type Listed = DocumentsReply["documents"][number];
type Order = "key" | "changed";
type By = "name" | "content";

/** The documents of a source that one may read, page by page, found by name or by what they say. */
export function DocumentsTab({ source }: { source: SourceView }): ReactNode {
  const [words, setWords] = useState("");
  const [order, setOrder] = useState<Order>("key");
  const [by, setBy] = useState<By>("name");
  const wanted = useDeferredValue(words.trim());
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <div className="relative w-full sm:w-80">
          <Search aria-hidden="true" className="pointer-events-none absolute top-2.5 left-3 size-4 text-faint" />
          <Input
            type="search"
            aria-label={t("Find documents")}
            placeholder={by === "name" ? t("Words of the title or path") : t("What they say")}
            className="pl-9"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        </div>
        <Segmented<By>
          label={t("Find by")}
          value={by}
          onValueChange={setBy}
          choices={[
            { value: "name", label: t("By name") },
            { value: "content", label: t("By content") },
          ]}
        />
        {by === "name" && (
          <Segmented<Order>
            label={t("Order")}
            value={order}
            onValueChange={setOrder}
            choices={[
              { value: "key", label: t("By path") },
              { value: "changed", label: t("Newest first") },
            ]}
          />
        )}
      </div>
      {by === "content" ? (
        <PassagesFound source={source.id} words={wanted} />
      ) : (
        <Documents source={source} words={wanted} order={order} />
      )}
    </>
  );
}

function Documents({ source, words, order }: { source: SourceView; words: string; order: Order }) {
  const aika = useAika();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData } = useInfiniteQuery({
    queryKey: ["sources", source.id, "documents", words, order, source.last_success_at],
    initialPageParam: "",
    queryFn: async ({ pageParam, signal }) =>
      found(
        (
          await aika.GET("/v1/sources/{id}/documents", {
            params: { path: { id: source.id }, query: { q: words, order, after: pageParam } },
            signal,
          })
        ).data,
      ),
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
  if (error !== null) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading rows={6} />;
  const documents = data.pages.flatMap((page) => page.documents);
  if (documents.length === 0) return <Nothing source={source} words={words} />;
  return (
    <>
      <Table
        caption={t("Documents")}
        columns={columns()}
        rows={documents}
        keyOf={(document) => document.id}
        className={isPlaceholderData ? "opacity-60" : ""}
      />
      <div className="mt-4 flex flex-wrap items-center gap-4 text-sm text-muted">
        <span className="tabular">
          {words === "" && source.managed
            ? t("{shown} of {all}", { shown: formatNumber(documents.length), all: formatNumber(source.documents) })
            : t("{n, plural, one {# document} other {# documents}} shown", { n: documents.length })}
        </span>
        {hasNextPage && (
          <Button size="small" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("Show more")}
          </Button>
        )}
      </div>
      {!hasNextPage && words === "" && documents.length < source.documents && (
        <p className="mt-2 text-sm text-muted">
          {t("{n, plural, one {# document} other {# documents}} more may not be read by you.", {
            n: source.documents - documents.length,
          })}
        </p>
      )}
    </>
  );
}

function columns(): Column<Listed>[] {
  return [
    {
      id: "title",
      title: t("Document"),
      cell: (document) => <Title document={document} />,
      className: "w-full max-w-0 min-w-40",
    },
    { id: "kind", title: t("Kind"), cell: (document) => <Badge>{document.kind}</Badge>, wideOnly: true },
    {
      id: "owner",
      title: t("Owner"),
      cell: (document) => document.owner?.name ?? <span className="text-faint">–</span>,
      wideOnly: true,
    },
    {
      id: "passages",
      title: t("Passages"),
      cell: (document) => formatNumber(document.chunks),
      numeric: true,
      wideOnly: true,
    },
    {
      id: "modified",
      title: t("Changed"),
      cell: (document) => <Modified document={document} />,
      className: "whitespace-nowrap",
    },
  ];
}

function Title({ document }: { document: Listed }) {
  return (
    <div className="min-w-0">
      <Link to={`/documents/${document.id}`} className="font-medium hover:text-accent hover:underline">
        {document.title}
      </Link>
      <p className="mt-0.5 truncate font-mono text-xs text-muted" title={document.key}>
        {document.key}
      </p>
    </div>
  );
}

function Modified({ document }: { document: Listed }) {
  if (document.modified_at === null) return <span className="text-faint">–</span>;
  return (
    <time dateTime={document.modified_at} title={formatTime(document.modified_at)} className="text-muted">
      {formatAge(document.modified_at)}
    </time>
  );
}

function Nothing({ source, words }: { source: SourceView; words: string }) {
  if (words !== "") {
    return (
      <EmptyState title={t("No document is called so")}>{t("Try other words, or look for what they say.")}</EmptyState>
    );
  }
  if (source.documents > 0) {
    return (
      <EmptyState title={t("Nothing here that you may read")}>
        {t("You manage this source, which is no right to read it. Its readers are in its settings.")}
      </EmptyState>
    );
  }
  return (
    <EmptyState title={t("No documents yet")}>{t("They appear as soon as the first sync has read them.")}</EmptyState>
  );
}
