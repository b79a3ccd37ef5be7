import type { RunView, TopicRowView } from "@aika/client";
import { formatNumber, t } from "@aika/react/text";
import { Badge, Button, Input, Select, Table } from "@aika/react/ui";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { formatMeasure, mainMeasure, topicPath } from "./words.ts";

const PAGE = 50;

/** A run's topics by what they reached, to be searched and narrowed. */
export function TopicTable({ run }: { run: RunView }): ReactNode {
  const system = run.systems[0]?.name ?? "";
  const measures = Object.keys(run.systems[0]?.measures ?? {});
  const [measure, setMeasure] = useState(mainMeasure(run) ?? "");
  const [sought, setSought] = useState("");
  const [shown, setShown] = useState(PAGE);
  const value = (row: TopicRowView) => row.values[system]?.[measure];
  const words = sought.toLocaleLowerCase();
  const rows = run.rows
    .filter(({ id, text }) => `${id} ${text}`.toLocaleLowerCase().includes(words))
    .sort((one, other) => (value(one) ?? 2) - (value(other) ?? 2));
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <Input
          type="search"
          aria-label={t("Find topics")}
          placeholder={t("Find topics")}
          className="w-64"
          value={sought}
          onChange={({ target }) => setSought(target.value)}
        />
        <Select
          aria-label={t("Measure")}
          className="w-48"
          value={measure}
          onChange={({ target }) => setMeasure(target.value)}
        >
          {measures.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </Select>
        <span aria-live="polite" className="text-sm text-muted">
          {t("{n, plural, one {# topic} other {{shown} topics}}", { n: rows.length, shown: formatNumber(rows.length) })}
        </span>
      </div>
      <Table
        caption={t("Topics")}
        rows={rows.slice(0, shown)}
        keyOf={({ id }) => id}
        columns={[
          {
            id: "topic",
            title: t("Topic"),
            cell: ({ id, text }) => (
              <Link to={topicPath(run.id, id)} className="hover:underline">
                {text}
              </Link>
            ),
          },
          {
            id: "kind",
            title: t("Kind"),
            wideOnly: true,
            cell: ({ slices }) => (
              <span className="text-muted">{slices.slice?.join(", ") ?? slices.kind?.join(", ")}</span>
            ),
          },
          {
            id: "missed",
            title: t("Missed"),
            numeric: true,
            cell: ({ missed }) => (missed === 0 ? "" : <Badge tone="bad">{formatNumber(missed)}</Badge>),
          },
          { id: "value", title: measure, numeric: true, cell: (row) => <Bar value={value(row)} /> },
        ]}
      />
      {shown < rows.length && (
        <Button className="mt-3" onClick={() => setShown(shown + PAGE)}>
          {t("Show more")}
        </Button>
      )}
    </>
  );
}

function Bar({ value }: { value: number | undefined }): ReactNode {
  if (value === undefined) return "–";
  return (
    <span className="inline-flex items-center gap-2.5">
      <span aria-hidden="true" className="h-1.5 w-16 overflow-hidden rounded-full bg-sunken max-sm:hidden">
        <span className="block h-full rounded-full bg-accent" style={{ width: `${Math.min(100, 100 * value)}%` }} />
      </span>
      {formatMeasure(value)}
    </span>
  );
}
