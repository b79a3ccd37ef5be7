import type { AdoptionReply, InsightsReply, PartView } from "@aika/client";
import { formatNumber, formatShare, t } from "@aika/react/text";
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
  const rows = data.teams.map(({ team, title, size, users, at_least }) => ({
    id: team,
    label: title,
    value: users === null ? null : users / Math.max(1, size),
    detail: membersInWords(users, size, at_least, data.smallest_group),
  }));
  return (
    <RankedBars
      title={t("Adoption by team")}
      sentence={inWords(data)}
      rows={rows}
      most={1}
      format={(value) => formatShare(value)}
      axis={t("Team")}
      measure={t("Share of the team that asked")}
      file="aika-adoption"
      level={2}
    />
  );
}

function membersInWords(users: number | null, size: number, atLeast: boolean, least: number): string {
  const all = formatNumber(size);
  if (users === null) {
    return least === 1 ? t("nobody of {all}", { all }) : t("fewer than {least} of {all}", { least, all });
  }
  return atLeast
    ? t("at least {users} of {all}", { users: formatNumber(users), all })
    : t("{users} of {all}", { users: formatNumber(users), all });
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
