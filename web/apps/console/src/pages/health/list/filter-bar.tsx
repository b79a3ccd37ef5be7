import type { HealthView } from "@aika/client";
import { t } from "@aika/react/text";
import { Button, Segmented, Select } from "@aika/react/ui";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useSearchParams } from "react-router";
import { KINDS, kindName } from "../parts/kinds.tsx";
import { changed, type Filters } from "./filters.ts";

const AGES = [7, 30, 90] as const;

/** What narrows the list of findings. */
export function FilterBar({ health, filters }: { health: HealthView; filters: Filters }): ReactNode {
  const [query, setQuery] = useSearchParams();
  const set = (name: string, value: string) => setQuery(changed(query, name, value), { preventScrollReset: true });
  const done = filters.states.includes("resolved");
  const narrowed = filters.kind || filters.owner || filters.source || filters.age || filters.mine;
  return (
    <div className="mb-4 flex flex-wrap items-center gap-2">
      <Segmented
        label={t("State")}
        value={done ? "done" : "open"}
        onValueChange={(state) => set("state", state === "open" ? "" : state)}
        choices={[
          { value: "open", label: t("Open") },
          { value: "done", label: t("Done") },
        ]}
      />
      <Choice label={t("Kind")} value={filters.kind} onChange={(kind) => set("kind", kind)}>
        <option value="">{t("All kinds")}</option>
        {KINDS.filter((kind) => kind !== "no document").map((kind) => (
          <option key={kind} value={kind}>
            {kindName(kind)}
          </option>
        ))}
      </Choice>
      <Choice label={t("Owner or team")} value={filters.owner} onChange={(owner) => set("owner", owner)}>
        <option value="">{t("All owners")}</option>
        {named(health.owners, filters.owner).map((owner) => (
          <option key={owner}>{owner}</option>
        ))}
      </Choice>
      <Choice label={t("Source")} value={filters.source} onChange={(source) => set("source", source)}>
        <option value="">{t("All sources")}</option>
        {named(health.sources, filters.source).map((source) => (
          <option key={source}>{source}</option>
        ))}
      </Choice>
      <Choice label={t("Age")} value={String(filters.age || "")} onChange={(age) => set("age", age)}>
        <option value="">{t("Any age")}</option>
        {AGES.map((days) => (
          <option key={days} value={days}>
            {t("Older than {days} days", { days })}
          </option>
        ))}
      </Choice>
      <Button
        aria-pressed={filters.mine}
        className={filters.mine ? "border-accent text-accent" : ""}
        onClick={() => set("mine", filters.mine ? "" : "1")}
      >
        {t("My teams'")}
      </Button>
      {narrowed ? (
        <Button look="quiet" onClick={() => setQuery(done ? { state: "done" } : {}, { preventScrollReset: true })}>
          <X aria-hidden="true" />
          {t("Clear")}
        </Button>
      ) : null}
    </div>
  );
}

function Choice({
  label,
  value,
  onChange,
  children,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
}): ReactNode {
  return (
    <Select
      aria-label={label}
      className="w-auto max-w-52"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {children}
    </Select>
  );
}

/** The names that there are findings of, and the chosen one. */
function named(counts: Readonly<Record<string, number>>, chosen: string): string[] {
  return [...new Set([...Object.keys(counts), ...(chosen === "" ? [] : [chosen])])].sort((a, b) => a.localeCompare(b));
}
