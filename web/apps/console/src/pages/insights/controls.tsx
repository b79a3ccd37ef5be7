import type { InsightsReply } from "@aika/client";
import { t } from "@aika/react/text";
import { Segmented, Select } from "@aika/react/ui";
import type { ReactNode } from "react";
import type { Choice, Division } from "./use-insights.ts";
import { surfaceName, teamName } from "./words.ts";

const PERIODS = [4, 12, 26, 52] as const;

/** What period is shown, by day or week, and of what part of the questions. */
export function Controls({
  choice,
  parts,
  sources,
  onChoose,
}: {
  choice: Choice;
  parts: InsightsReply["parts"] | undefined;
  /** The sources that somebody manages who does not see everything; `null` for who does. */
  sources: readonly string[] | null;
  onChoose: (choice: Choice) => void;
}): ReactNode {
  const only = choice.only === null ? "" : `${choice.only.division}/${choice.only.name}`;
  return (
    <>
      <Select
        aria-label={t("Which questions")}
        className="w-56"
        value={only}
        onChange={({ target }) => onChoose({ ...choice, interval: "week", only: partOf(target.value) })}
      >
        {sources === null && <option value="">{t("All questions")}</option>}
        {sources === null ? (
          <Parts parts={parts} />
        ) : (
          sources.map((source) => (
            <option key={source} value={`source/${source}`}>
              {source}
            </option>
          ))
        )}
      </Select>
      <Select
        aria-label={t("Period")}
        className="w-40"
        value={choice.weeks}
        onChange={({ target }) => onChoose({ ...choice, weeks: Number(target.value) })}
      >
        {PERIODS.map((weeks) => (
          <option key={weeks} value={weeks}>
            {t("Last {weeks} weeks", { weeks })}
          </option>
        ))}
      </Select>
      {choice.only === null && (
        <Segmented
          label={t("Interval")}
          value={choice.interval}
          onValueChange={(interval) => onChoose({ ...choice, interval })}
          choices={[
            { value: "week", label: t("Weeks") },
            { value: "day", label: t("Days") },
          ]}
        />
      )}
    </>
  );
}

function Parts({ parts }: { parts: InsightsReply["parts"] | undefined }): ReactNode {
  const groups: readonly { division: Division; label: string; name: (id: string, title: string) => string }[] = [
    { division: "surface", label: t("Asked in"), name: (id) => surfaceName(id) },
    { division: "source", label: t("Answers that cite"), name: (_, title) => title },
    { division: "assistant", label: t("Put to the assistant"), name: (_, title) => title },
    { division: "team", label: t("From the team"), name: (id) => teamName(id) },
  ];
  return groups.map(({ division, label, name }) => {
    const found = parts?.[division] ?? [];
    return found.length === 0 ? null : (
      <optgroup key={division} label={label}>
        {found.map((part) => (
          <option key={part.name} value={`${division}/${part.name}`}>
            {name(part.name, part.title)}
          </option>
        ))}
      </optgroup>
    );
  });
}

function partOf(value: string): Choice["only"] {
  if (value === "") return null;
  const slash = value.indexOf("/");
  return { division: value.slice(0, slash) as Division, name: value.slice(slash + 1) };
}
