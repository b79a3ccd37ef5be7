import type { InsightsReply } from "@aika/client";
import { formatNumber, t } from "@aika/react/text";
import { EmptyState, ErrorNote, Loading, Page } from "@aika/react/ui";
import { ChartNoAxesColumn, EyeOff, LockKeyholeOpen } from "lucide-react";
import { type ReactNode, useState } from "react";
import { isSteward, useMe } from "../../shell/me.ts";
import { AskedAbout } from "./asked.tsx";
import { Controls } from "./controls.tsx";
import { Adoption, Divisions } from "./spread.tsx";
import { Summary } from "./summary.tsx";
import { Trends } from "./trends.tsx";
import { Trust } from "./trust.tsx";
import { type Choice, useInsights } from "./use-insights.ts";

export default function Insights(): ReactNode {
  const me = useMe();
  if (me === undefined) {
    return (
      <Page title={t("Insights")}>
        <Loading />
      </Page>
    );
  }
  if (!isSteward(me)) {
    return (
      <Page title={t("Insights")}>
        <EmptyState icon={<ChartNoAxesColumn />} title={t("For those who look after aika")}>
          {t("Insights are for administrators, and for those who manage sources.")}
        </EmptyState>
      </Page>
    );
  }
  return <Board everything={me.operator} managed={me.manages} />;
}

function Board({ everything, managed }: { everything: boolean; managed: readonly string[] }): ReactNode {
  const own = everything ? null : (managed[0] ?? null);
  const [choice, setChoice] = useState<Choice>({
    weeks: 12,
    interval: "week",
    only: own === null ? null : { division: "source", name: own },
  });
  const all = useInsights({ weeks: choice.weeks, interval: "week", only: own === null ? null : choice.only });
  const { data, error, refetch, isPending, isPlaceholderData } = useInsights(choice);
  return (
    <Page
      wide
      title={t("Insights")}
      lead={t("What people ask, how well it is answered, and where aika has arrived.")}
      actions={
        <Controls choice={choice} parts={all.data?.parts} sources={everything ? null : managed} onChoose={setChoice} />
      }
    >
      {error !== null && <ErrorNote error={error} retry={refetch} className="mb-6" />}
      {isPending && <Loading rows={8} />}
      {data !== undefined && (
        <div aria-busy={isPlaceholderData} className={isPlaceholderData ? "opacity-60 transition-opacity" : undefined}>
          <Privacy board={data} />
          <Summary board={data} />
          <Trends board={data} />
          <div className="mb-10 grid items-start gap-4 lg:grid-cols-2">
            <Trust board={data} />
            {everything && choice.only === null && <Adoption />}
          </div>
          <div className="mb-10">
            <AskedAbout choice={choice} />
          </div>
          {everything && choice.only === null && <Divisions parts={data.parts} />}
        </div>
      )}
    </Page>
  );
}

/** Why some numbers are not there, or why all are. */
function Privacy({ board }: { board: InsightsReply }): ReactNode {
  const least = board.smallest_group;
  if (least === 1) {
    return (
      <p className="mb-5 flex items-start gap-2 text-sm text-muted">
        <LockKeyholeOpen aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
        {board.alone
          ? t("Only you can ask here, so nothing is hidden. Where others sign in, numbers of fewer than 5 people are.")
          : t("The setting insights.smallest_group is 1: numbers of single people are shown.")}
      </p>
    );
  }
  return (
    <p className="mb-5 flex items-start gap-2 text-sm text-muted">
      <EyeOff aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
      {t(
        "Every number is of at least {least} people, up to yesterday. {hidden, plural, =0 {} one {# gap in the charts has fewer.} other {{shown} gaps in the charts have fewer.}} No words of a question are kept for this.",
        { least, hidden: board.hidden, shown: formatNumber(board.hidden) },
      )}
    </p>
  );
}
