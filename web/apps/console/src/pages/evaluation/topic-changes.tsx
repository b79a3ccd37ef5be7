import type { RunComparisonView, TopicChangeView } from "@aika/client";
import { formatNumber, t } from "@aika/react/text";
import { cn, Section, Segmented, Select } from "@aika/react/ui";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { ChartFrame } from "../../charts/index.ts";
import { formatDifference, formatMeasure, topicPath } from "./words.ts";

const TIE = 1e-9;
const SHOWN = 40;

type Which = "losses" | "wins";

/** Topics that one of the runs does better, each with a bar from the middle and a way to its trace. */
export function TopicChanges({
  compared,
  onMeasure,
}: {
  compared: RunComparisonView;
  onMeasure: (measure: string) => void;
}): ReactNode {
  const losses = compared.changes.filter((change) => differenceOf(change) < -TIE);
  const wins = compared.changes.filter((change) => differenceOf(change) > TIE).reverse();
  const [which, setWhich] = useState<Which>(losses.length > 0 ? "losses" : "wins");
  const rows = which === "losses" ? losses : wins;
  const same = compared.changes.length - losses.length - wins.length;
  return (
    <Section
      title={t("Topics")}
      actions={
        <div className="flex flex-wrap items-center gap-3">
          <Select
            aria-label={t("Measure")}
            className="w-44"
            value={compared.measure}
            onChange={({ target }) => onMeasure(target.value)}
          >
            {compared.measures.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </Select>
          <Segmented<Which>
            label={t("Which topics")}
            value={which}
            onValueChange={setWhich}
            choices={[
              { value: "losses", label: t("Worse ({n})", { n: losses.length }) },
              { value: "wins", label: t("Better ({n})", { n: wins.length }) },
            ]}
          />
        </div>
      }
    >
      <ChartFrame
        title={t("{measure} by topic", { measure: compared.measure })}
        sentence={t("{wins} topics became better, {losses} worse, {same} stayed as they were.", {
          wins: formatNumber(wins.length),
          losses: formatNumber(losses.length),
          same: formatNumber(same),
        })}
        table={{
          columns: [
            { title: t("Topic"), numeric: false },
            { title: t("Before"), numeric: true },
            { title: t("After"), numeric: true },
            { title: t("Difference"), numeric: true },
          ],
          rows: compared.changes.map((change) => [
            { shown: change.text, value: change.text },
            { shown: formatMeasure(change.before), value: change.before },
            { shown: formatMeasure(change.after), value: change.after },
            { shown: formatDifference(differenceOf(change)), value: differenceOf(change) },
          ]),
        }}
        file="aika-compared-topics"
      >
        {rows.length === 0 ? (
          <p className="py-4 text-sm text-muted">{t("None.")}</p>
        ) : (
          <ul className="flex flex-col divide-y divide-line">
            {rows.slice(0, SHOWN).map((change) => (
              <ChangeRow key={change.id} change={change} run={compared.after.id} />
            ))}
          </ul>
        )}
      </ChartFrame>
    </Section>
  );
}

function ChangeRow({ change, run }: { change: TopicChangeView; run: string }): ReactNode {
  const difference = differenceOf(change);
  const width = `${Math.min(50, 50 * Math.abs(difference))}%`;
  return (
    <li className="grid items-center gap-x-4 gap-y-1 py-2 text-sm sm:grid-cols-[minmax(0,1fr)_10rem_11rem]">
      <Link to={topicPath(run, change.id)} className="min-w-0 break-words hover:underline">
        {change.text}
      </Link>
      <span aria-hidden="true" className="relative hidden h-2.5 rounded-full bg-sunken sm:block">
        <span
          className={cn("absolute inset-y-0 rounded-full", difference > 0 ? "left-1/2 bg-good" : "right-1/2 bg-bad")}
          style={{ width }}
        />
        <span className="absolute inset-y-[-3px] left-1/2 w-px bg-line-strong" />
      </span>
      <span className="tabular sm:text-right">
        {t("{before} to {after}", { before: formatMeasure(change.before), after: formatMeasure(change.after) })}
        <span className={cn("ml-2 font-medium", difference > 0 ? "text-good" : "text-bad")}>
          {formatDifference(difference)}
        </span>
      </span>
    </li>
  );
}

function differenceOf({ before, after }: TopicChangeView): number {
  return after - before;
}
