import type { ChannelReportView, GoalieDetail } from "@aika/client";
import { useAika } from "@aika/react";
import { formatDuration, formatShare, t } from "@aika/react/text";
import { Badge, Button, ErrorNote, Loading, Note, Page, Section, Stat } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { SlidersHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import { Cases } from "./cases.tsx";
import { ModeBadge } from "./channels.tsx";
import { GoalieFacts } from "./goalie-facts.tsx";
import { channelName } from "./review/queue-list.tsx";

/** One channel's goalie: what it does, what became of the week's questions, and how its file tells it to be. */
export default function Goalie(): ReactNode {
  const { name = "" } = useParams();
  const aika = useAika();
  const path = { params: { path: { name } } };
  const goalie = useQuery({
    queryKey: ["goalies", "detail", name],
    queryFn: async () => (await aika.GET("/v1/goalies/{name}", path)).data,
  });
  const report = useQuery({
    queryKey: ["goalies", "report", name],
    queryFn: async () => (await aika.GET("/v1/goalies/{name}/report", path)).data,
  });
  const back = <Link to="/goalies?view=channels">{t("Channels")}</Link>;
  if (goalie.data === undefined) {
    return (
      <Page title={name} back={back}>
        {goalie.isError ? <ErrorNote error={goalie.error} retry={() => void goalie.refetch()} /> : <Loading />}
      </Page>
    );
  }
  return (
    <Page
      back={back}
      title={<Title goalie={goalie.data} />}
      lead={leadOf(goalie.data)}
      actions={
        <>
          <Button asChild>
            <Link to={`/goalies/${name}/thresholds`}>
              <SlidersHorizontal aria-hidden="true" />
              {t("Thresholds")}
            </Link>
          </Button>
          <Button asChild look="primary">
            <Link to={`/goalies?goalie=${name}`}>{t("Review queue")}</Link>
          </Button>
        </>
      }
    >
      <Remarks goalie={goalie.data} />
      {report.isError && <ErrorNote error={report.error} className="mb-8" />}
      {report.data !== undefined && <Week report={report.data} />}
      <GoalieFacts goalie={goalie.data} />
      {report.data !== undefined && <Missing report={report.data} />}
      <Cases name={name} />
    </Page>
  );
}

function Title({ goalie }: { goalie: GoalieDetail }): ReactNode {
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      {channelName(goalie.channel)}
      <ModeBadge mode={goalie.mode} />
      {goalie.mode !== "off" && !goalie.open && <Badge>{t("outside its hours")}</Badge>}
    </span>
  );
}

function leadOf(goalie: GoalieDetail): string {
  if (goalie.mode === "off") return t("Switched off: it looks at nothing.");
  if (goalie.mode === "shadow") return t("It says in its log channel alone what it would have done.");
  return t("It answers from {high} on, shows humans what it is less sure of, and leaves the rest to people.", {
    high: formatShare(goalie.high),
  });
}

function Remarks({ goalie }: { goalie: GoalieDetail }): ReactNode {
  const { noise } = goalie;
  return (
    <div className="mb-8 flex flex-col gap-3 empty:hidden">
      {goalie.mode !== "off" && !goalie.connected && (
        <Note tone="warn">
          {t(
            "aika is not connected to Slack now, so that it hears and says nothing. What you decide is posted when it is.",
          )}
        </Note>
      )}
      {noise.level !== "not" && (
        <Note tone="warn">
          {t(
            "It is quieter than its file says: {accepted} of its last {judged} were accepted, and {wanted} is wanted.",
            {
              accepted: noise.accepted,
              judged: noise.judged,
              wanted: formatShare(noise.min_acceptance),
            },
          )}{" "}
          {noise.answers_from > 1
            ? t("It answers nothing by itself until that changes.")
            : t("It answers from {from} on until that changes.", { from: formatShare(noise.answers_from) })}
        </Note>
      )}
    </div>
  );
}

function Week({ report }: { report: ChannelReportView }): ReactNode {
  const decided = report.accepted + report.edited + report.rejected;
  return (
    <Section title={t("The last 7 days")}>
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <Stat
          label={t("Questions")}
          value={report.questions}
          detail={t("of {n, plural, one {# message} other {# messages}}", { n: report.messages })}
        />
        <Stat
          label={t("Answered by itself")}
          value={report.answered}
          detail={t("{n} found helpful", { n: report.found_helpful })}
        />
        <Stat
          label={t("Proposals accepted")}
          value={report.acceptance === null ? "–" : formatShare(report.acceptance)}
          detail={
            decided === 0
              ? t("nothing was decided about")
              : t("{accepted} accepted, {edited} edited, {rejected} rejected", {
                  accepted: report.accepted,
                  edited: report.edited,
                  rejected: report.rejected,
                })
          }
        />
        <Stat
          label={t("Time saved")}
          value={report.minutes_saved === 0 ? "–" : formatDuration(report.minutes_saved * 60)}
          detail={t("at {minutes} min an accepted answer", { minutes: report.minutes_each })}
        />
      </div>
      <FirstAnswer report={report} />
    </Section>
  );
}

function FirstAnswer({ report }: { report: ChannelReportView }): ReactNode {
  const { first_answer_with: with_, first_answer_without: without } = report;
  if (with_ === null || without === null) return null;
  return (
    <p className="mt-3 text-sm text-muted">
      {t("A first answer came after {with} where it answered, and after {without} where humans alone did.", {
        with: formatDuration(with_),
        without: formatDuration(without),
      })}
    </p>
  );
}

function Missing({ report }: { report: ChannelReportView }): ReactNode {
  if (report.missing.length === 0) return null;
  return (
    <Section
      title={t("Documents that are missing")}
      lead={t("Questions of the week that nothing answered, put together by what one document would answer.")}
    >
      <ul className="divide-y rounded-2xl border border-line">
        {report.missing.map((one) => (
          <li key={one.name} className="flex items-baseline justify-between gap-4 px-5 py-3 text-sm">
            <span>{one.name}</span>
            <span className="shrink-0 text-muted">
              {t("{n, plural, one {# question} other {# questions}}", { n: one.questions.length })}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
