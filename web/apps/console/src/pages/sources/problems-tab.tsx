import type { ProblemsReply, SourceView } from "@aika/client";
import { useAika } from "@aika/react";
import { formatAge, formatNumber, t } from "@aika/react/text";
import { Badge, Button, Card, EmptyState, ErrorNote, Loading } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Wrench } from "lucide-react";
import { type ReactNode, useState } from "react";
import { found } from "./use-sources.ts";

type Cause = ProblemsReply["causes"][number];

/** What the last sync could not read, put together by what is to be done about it. */
export function ProblemsTab({ source }: { source: SourceView }): ReactNode {
  const aika = useAika();
  const { data, error, refetch } = useQuery({
    queryKey: ["sources", source.id, "problems", source.last_sync?.finished_at],
    queryFn: async ({ signal }) =>
      found((await aika.GET("/v1/sources/{id}/problems", { params: { path: { id: source.id } }, signal })).data),
    placeholderData: (before) => before,
  });
  if (error !== null) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  if (data.total === 0) {
    return (
      <EmptyState icon={<CircleCheck aria-hidden="true" />} title={t("Everything could be read")}>
        {data.as_of === null
          ? t("Nothing was synced yet.")
          : t("The last sync, which ended {age}, left nothing out.", { age: formatAge(data.as_of) })}
      </EmptyState>
    );
  }
  return (
    <>
      <p className="mb-4 text-sm text-muted">
        {data.as_of !== null &&
          t("As of the sync that ended {age}. Documents that were read before stay as they were.", {
            age: formatAge(data.as_of),
          })}
      </p>
      <ul className="flex flex-col gap-4">
        {data.causes.map((cause) => (
          <li key={`${cause.id} ${cause.left_out}`}>
            <CauseCard cause={cause} />
          </li>
        ))}
      </ul>
    </>
  );
}

function CauseCard({ cause }: { cause: Cause }) {
  const [open, setOpen] = useState(false);
  const shown = open ? cause.documents : cause.documents.slice(0, 3);
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-2.5">
        <h2 className="font-semibold">{cause.title}</h2>
        <Badge tone={cause.left_out ? "bad" : "warn"}>
          {t("{n, plural, one {# document} other {# documents}}", { n: cause.count })}
        </Badge>
      </div>
      {cause.remedy !== "" && (
        <p className="mt-2 flex gap-2 text-sm">
          <Wrench aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-accent" />
          {cause.remedy}
        </p>
      )}
      <ul className="mt-3 flex flex-col gap-2.5 border-t pt-3">
        {shown.map((document) => (
          <li key={document.key + document.reason} className="text-sm">
            <p className="font-mono text-xs break-all">{document.key}</p>
            <p className="mt-0.5 text-[0.8125rem] break-words text-muted">{document.reason}</p>
          </li>
        ))}
      </ul>
      {cause.documents.length > 3 && (
        <Button size="small" look="quiet" className="mt-2 -ml-2.5" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t("Show fewer") : t("Show {n} more", { n: formatNumber(cause.documents.length - 3) })}
        </Button>
      )}
      {open && cause.count > cause.documents.length && (
        <p className="mt-1 text-xs text-muted">
          {t("{n} more are not listed here.", { n: formatNumber(cause.count - cause.documents.length) })}
        </p>
      )}
    </Card>
  );
}
