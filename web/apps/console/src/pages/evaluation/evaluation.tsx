import type { RunSummary } from "@aika/client";
import { t } from "@aika/react/text";
import { EmptyState, ErrorNote, Loading, Page, Section, Segmented, Select } from "@aika/react/ui";
import { FlaskConical } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useMe } from "../../shell/me.ts";
import { History, measuresOf } from "./history.tsx";
import { RunTable } from "./run-table.tsx";
import { StartedList, StartRun } from "./start-run.tsx";
import { useRuns, useStarted } from "./use-evaluation.ts";
import { kindName } from "./words.ts";

export default function Evaluation(): ReactNode {
  const me = useMe();
  if (me === undefined) {
    return (
      <Page title={t("Evaluation")}>
        <Loading />
      </Page>
    );
  }
  if (!me.operator) {
    return (
      <Page title={t("Evaluation")}>
        <EmptyState icon={<FlaskConical />} title={t("For operators")}>
          {t(
            "Test collections and traces hold text that only some may read, so they are for administrators of everything.",
          )}
        </EmptyState>
      </Page>
    );
  }
  return <Runs />;
}

function Runs(): ReactNode {
  const { data, error, refetch, isPending } = useRuns();
  const started = useStarted();
  return (
    <Page
      title={t("Evaluation")}
      lead={t(
        "How good retrieval and answers are on questions whose answers are known, and whether a change made them better.",
      )}
      actions={<StartRun known={started.data} />}
    >
      <StartedList started={started.data?.started ?? []} />
      {error !== null && <ErrorNote error={error} retry={refetch} />}
      {isPending && <Loading />}
      {data !== undefined &&
        (data.runs.length === 0 ? (
          <EmptyState icon={<FlaskConical />} title={t("No run yet")}>
            {t("Start one here, or on the command line with: aika eval retrieval COLLECTION")}
          </EmptyState>
        ) : (
          <OverTime runs={data.runs} />
        ))}
    </Page>
  );
}

/** Runs of one collection and kind, which alone can be compared. */
function OverTime({ runs }: { runs: readonly RunSummary[] }): ReactNode {
  const groups = grouped(runs);
  const [chosen, setChosen] = useState<string | null>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const name = chosen !== null && groups.has(chosen) ? chosen : ([...groups.keys()][0] ?? "");
  const group = groups.get(name) ?? [];
  const measures = measuresOf(group);
  const measure = wanted !== null && measures.includes(wanted) ? wanted : (measures[0] ?? "");
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <Select
          aria-label={t("Collection and kind")}
          className="w-72"
          value={name}
          onChange={({ target }) => setChosen(target.value)}
        >
          {[...groups].map(([key, [first]]) => (
            <option key={key} value={key}>
              {first === undefined ? key : `${first.collection} · ${kindName(first.kind)}`}
            </option>
          ))}
        </Select>
        {measures.length > 1 && measures.length < 6 && (
          <Segmented
            label={t("Measure")}
            value={measure}
            onValueChange={setWanted}
            choices={measures.map((one) => ({ value: one, label: one }))}
          />
        )}
        {measures.length >= 6 && (
          <Select
            aria-label={t("Measure")}
            className="w-56"
            value={measure}
            onChange={({ target }) => setWanted(target.value)}
          >
            {measures.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </Select>
        )}
      </div>
      <div className="mb-8">
        <History runs={group} measure={measure} />
      </div>
      <Section title={t("Runs")} lead={t("Choose two to see what differs between them.")}>
        <RunTable runs={group} measure={measure} />
      </Section>
    </>
  );
}

function grouped(runs: readonly RunSummary[]): Map<string, RunSummary[]> {
  const groups = new Map<string, RunSummary[]>();
  for (const run of runs) {
    const key = `${run.collection}/${run.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return groups;
}
