import type { FindingView } from "@aika/client";
import { useAika } from "@aika/react";
import { formatAge, formatTime, t } from "@aika/react/text";
import { ErrorNote, Loading, Note, Page } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import { SuggestedEdit } from "./diff/suggested-edit.tsx";
import { Actions } from "./finding/actions.tsx";
import { Evidence } from "./finding/evidence.tsx";
import { History } from "./finding/history.tsx";
import { Questions } from "./finding/questions.tsx";
import { KindBadge, kindMeaning, StateBadge } from "./parts/kinds.tsx";

/** One reason to change a document: what it rests on, what to write instead, and what was done about it. */
export default function Finding(): ReactNode {
  const { id = "" } = useParams();
  const aika = useAika();
  const finding = useQuery({
    queryKey: ["health", "finding", id],
    queryFn: async () => (await aika.GET("/v1/findings/{id}", { params: { path: { id } } })).data,
  });
  const back = <Link to="/health">{t("Health")}</Link>;
  if (finding.data === undefined) {
    return (
      <Page title={t("Finding")} back={back}>
        {finding.isError ? <ErrorNote error={finding.error} retry={() => void finding.refetch()} /> : <Loading />}
      </Page>
    );
  }
  return <Shown finding={finding.data} back={back} />;
}

function Shown({ finding, back }: { finding: FindingView; back: ReactNode }): ReactNode {
  return (
    <Page back={back} title={finding.title} lead={<Facts finding={finding} />}>
      <div className="grid items-start gap-x-10 lg:grid-cols-[minmax(0,1fr)_17rem] lg:grid-rows-[auto_1fr]">
        <p className="mb-8 max-w-3xl text-[1.0625rem] leading-relaxed">{finding.reason}</p>
        <div className="min-w-0 max-lg:order-2 lg:col-start-1">
          <Evidence finding={finding} />
          <SuggestedEdit finding={finding} />
          <Questions finding={finding} />
        </div>
        {/* On a phone, what to do comes before what it rests on; the rest comes last. */}
        <aside
          aria-label={t("What to do")}
          className="contents gap-8 lg:sticky lg:top-6 lg:col-start-2 lg:row-span-2 lg:row-start-1 lg:flex lg:flex-col"
        >
          <div className="max-lg:order-1 max-lg:mb-8">
            <Actions finding={finding} />
          </div>
          <History finding={finding} className="max-lg:order-3 max-lg:mb-8" />
          <Note className="max-lg:order-4">
            <p className="font-medium">{t("Who sees this")}</p>
            <p className="mt-1 text-muted">
              {finding.document === null
                ? t("Whoever it is assigned to by ownership, and administrators: it says what people asked.")
                : t(
                    "Everybody who may read {n, plural, one {its document} other {all # of its documents}}. What people asked is seen by the owner and administrators alone.",
                    { n: new Set(finding.exhibits.map((exhibit) => exhibit.document.id)).size || 1 },
                  )}
            </p>
          </Note>
        </aside>
      </div>
    </Page>
  );
}

function Facts({ finding }: { finding: FindingView }): ReactNode {
  return (
    <span className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1.5 text-sm">
      <KindBadge kind={finding.kind} />
      <StateBadge state={finding.state} />
      <span title={kindMeaning(finding.kind)}>
        {finding.owner === null ? t("no owner is known") : t("owned by {owner}", { owner: finding.owner.name })}
      </span>
      <time dateTime={finding.created_at} title={formatTime(finding.created_at)}>
        {t("found {age}", { age: formatAge(finding.created_at) })}
      </time>
      {finding.people > 0 && (
        <span>{t("{n, plural, one {# person} other {# people}} got no good answer", { n: finding.people })}</span>
      )}
    </span>
  );
}
