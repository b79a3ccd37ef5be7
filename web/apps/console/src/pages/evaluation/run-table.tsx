import type { RunSummary } from "@aika/client";
import { formatDuration, formatNumber, formatTime, t } from "@aika/react/text";
import { Button, Table } from "@aika/react/ui";
import { GitCompareArrows } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link, useNavigate } from "react-router";
import { formatMeasure } from "./words.ts";

/** Runs, the newest first, two of which can be chosen. */
export function RunTable({ runs, measure }: { runs: readonly RunSummary[]; measure: string }): ReactNode {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const navigate = useNavigate();
  const toggle = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen.slice(-1), id]);
  const compare = () => {
    // The older one is the one before.
    const [b, a] = runs.filter(({ id }) => chosen.includes(id)).map(({ id }) => id);
    void navigate(`/evaluation/compare?a=${encodeURIComponent(a ?? "")}&b=${encodeURIComponent(b ?? "")}`);
  };
  return (
    <>
      <Table
        caption={t("Runs")}
        rows={runs}
        keyOf={({ id }) => id}
        columns={[
          {
            id: "choose",
            title: <span className="sr-only">{t("Choose")}</span>,
            cell: ({ id, started_at }) => (
              <input
                type="checkbox"
                className="mt-0.5 size-5 accent-(--accent)"
                aria-label={t("Choose the run of {time}", { time: formatTime(started_at) })}
                checked={chosen.includes(id)}
                onChange={() => toggle(id)}
              />
            ),
          },
          {
            id: "run",
            title: t("Run"),
            cell: ({ id, started_at, revision }) => (
              <Link to={`/evaluation/${id}`} className="font-medium hover:underline">
                {formatTime(started_at)}
                <span className="block font-mono text-xs font-normal text-muted">
                  {revision === "" ? id : `${id} · ${revision.slice(0, 8)}`}
                </span>
              </Link>
            ),
          },
          {
            id: "value",
            title: measure,
            numeric: true,
            cell: (run) => <Measured run={run} measure={measure} />,
          },
          {
            id: "topics",
            title: t("Topics"),
            numeric: true,
            wideOnly: true,
            cell: ({ topics }) => formatNumber(topics),
          },
          {
            id: "configuration",
            title: t("Configuration"),
            wideOnly: true,
            cell: ({ configuration }) => <span className="font-mono text-xs">{configuration.slice(0, 8)}</span>,
          },
          {
            id: "seconds",
            title: t("Took"),
            numeric: true,
            wideOnly: true,
            cell: ({ seconds }) => formatDuration(seconds),
          },
        ]}
      />
      <div className="mt-3 flex items-center gap-3">
        <Button look="primary" disabled={chosen.length !== 2} onClick={compare}>
          <GitCompareArrows />
          {t("Compare two runs")}
        </Button>
        <span aria-live="polite" className="text-sm text-muted">
          {t("{n, plural, =0 {None chosen} one {One chosen} other {Two chosen}}", { n: chosen.length })}
        </span>
      </div>
    </>
  );
}

function Measured({ run, measure }: { run: RunSummary; measure: string }): ReactNode {
  const found = run.systems[0]?.measures[measure];
  if (found === undefined) return "–";
  return (
    <>
      <span className="font-medium">{formatMeasure(found.value)}</span>
      <span className="block text-xs text-muted">
        {t("{low} to {high}", { low: formatMeasure(found.low), high: formatMeasure(found.high) })}
      </span>
    </>
  );
}
