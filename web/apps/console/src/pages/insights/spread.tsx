import type { AdoptionReply, InsightsReply, PartView } from "@aika/client";
import { formatList, formatNumber, formatShare, t } from "@aika/react/text";
import { ErrorNote, Loading, Tabs } from "@aika/react/ui";
import type { ReactNode } from "react";
import { RankedBars } from "../../charts/index.ts";
import { useAdoption } from "./use-insights.ts";
import { dayOf, lastDayOf, surfaceName } from "./words.ts";

/** How many of each team use aika. */
export function Adoption(): ReactNode {
  const { data, error, refetch, isPending } = useAdoption(true);
  if (error !== null) return <ErrorNote error={error} retry={refetch} />;
  if (isPending || data === undefined) return <Loading rows={6} />;
  const shown = data.teams.filter(({ users }) => users !== null);
  const hidden = data.teams.filter(({ users }) => users === null);
  return (
    <RankedBars
      title={t("Adoption by team")}
      sentence={inWords(data)}
      rows={[...shown, ...(data.others === null ? [] : [data.others])].map(
        ({ team, title, size, users, at_least }) => ({
          id: team,
          label: team === data.others?.team ? othersName(shown.length) : title,
          value: (users ?? 0) / Math.max(1, size),
          detail: membersInWords(users ?? 0, size, at_least),
        }),
      )}
      most={1}
      format={(value) => formatShare(value)}
      axis={t("Team")}
      measure={t("Share of the team that asked")}
      file="aika-adoption"
      level={2}
      note={
        hidden.length === 0
          ? undefined
          : othersInWords(
              hidden.map(({ title }) => title),
              data.smallest_group,
            )
      }
    />
  );
}

function othersName(told: number): string {
  return told === 0 ? t("All teams together") : t("All other teams together");
}

function othersInWords(teams: readonly string[], least: number): string {
  const values = { n: teams.length, teams: formatList(teams), least };
  return least === 1
    ? t("Nobody asked in {n, plural, one {this team} other {these # teams}}: {teams}.", values)
    : t("Fewer than {least} people asked in {n, plural, one {this team} other {these # teams}}: {teams}.", values);
}

function membersInWords(users: number, size: number, atLeast: boolean): string {
  const values = { users: formatNumber(users), all: formatNumber(size) };
  return atLeast ? t("at least {users} of {all}", values) : t("{users} of {all}", values);
}

function inWords({ start, end, teams }: AdoptionReply): string {
  if (teams.length === 0) return t("No team is known: name the groups that are teams in the setting insights.teams.");
  return t("Who asked something from {start} to {end}, of everyone in the team.", {
    start: dayOf(start),
    end: dayOf(lastDayOf(end)),
  });
}

/** Where questions come from and where they go to. */
export function Divisions({ parts }: { parts: InsightsReply["parts"] }): ReactNode {
  const tabs = [
    { id: "surface", label: t("Where"), axis: t("Surface"), name: (part: PartView) => surfaceName(part.name) },
    { id: "source", label: t("Sources cited"), axis: t("Source"), name: (part: PartView) => part.title },
    { id: "assistant", label: t("Assistants"), axis: t("Assistant"), name: (part: PartView) => part.title },
    { id: "model", label: t("Models"), axis: t("Model"), name: (part: PartView) => part.title },
  ];
  return (
    <Tabs
      label={t("Questions by")}
      tabs={tabs.map(({ id, label, axis, name }) => ({
        id,
        label,
        content: (
          <RankedBars
            title={t("Questions by {what}", { what: axis.toLocaleLowerCase() })}
            sentence={
              (parts[id] ?? []).length === 0
                ? t("Nothing to show in this period.")
                : t("With the share that was answered.")
            }
            rows={(parts[id] ?? []).map((part) => ({
              id: part.name,
              label: name(part),
              value: part.figures.questions,
              detail:
                part.figures.answered.value === null
                  ? ""
                  : t("{share} answered", { share: formatShare(part.figures.answered.value) }),
            }))}
            format={(value) => formatNumber(value)}
            axis={axis}
            measure={t("Questions")}
            file={`aika-by-${id}`}
            level={2}
          />
        ),
      }))}
    />
  );
}
