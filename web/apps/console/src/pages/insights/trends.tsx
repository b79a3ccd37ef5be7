import type { InsightsReply, PointView } from "@aika/client";
import { formatNumber, formatShare, t } from "@aika/react/text";
import type { ReactNode } from "react";
import { BarChart, type ChartPoint, LineChart, StackedBarChart } from "../../charts/index.ts";
import { dayOf, formatCost, formatMilliseconds } from "./words.ts";

/** How questions, answers, times and costs went. */
export function Trends({ board }: { board: InsightsReply }): ReactNode {
  const axis = board.interval === "week" ? t("Week from") : t("Day");
  const whole = (value: number) => formatNumber(value, { maximumFractionDigits: 0 });
  return (
    <div className="mb-10 grid gap-4 lg:grid-cols-2">
      <LineChart
        title={t("Questions and people")}
        sentence={asked(board)}
        points={pointsOf(board, ({ figures }) => ({
          questions: figures?.questions ?? null,
          people: figures?.people ?? null,
        }))}
        series={[
          { id: "questions", label: t("Questions") },
          { id: "people", label: t("People") },
        ]}
        axis={axis}
        format={whole}
        file="aika-questions"
        level={2}
      />
      <LineChart
        title={t("Answered and found helpful")}
        sentence={answered(board)}
        points={pointsOf(
          board,
          ({ figures, acceptance }) => ({
            answered: figures?.answered.value ?? null,
            helpful: acceptance?.value ?? null,
          }),
          ({ figures }) => ({
            answered:
              figures === null || figures.answered.n === 0 ? null : [figures.answered.low, figures.answered.high],
          }),
        )}
        series={[
          { id: "answered", label: t("Answered") },
          { id: "helpful", label: t("Found helpful, of those rated") },
        ]}
        axis={axis}
        format={(value) => formatShare(value, 0)}
        most={1}
        file="aika-answered"
        level={2}
      />
      <LineChart
        title={t("Time to an answer")}
        sentence={timed(board)}
        points={pointsOf(board, ({ figures }) => ({
          p50: figures?.latency?.p50 ?? null,
          p95: figures?.latency?.p95 ?? null,
        }))}
        series={[
          { id: "p50", label: t("Half of them within") },
          { id: "p95", label: t("95 of 100 within") },
        ]}
        axis={axis}
        format={formatMilliseconds}
        file="aika-latency"
        level={2}
      />
      <StackedBarChart
        title={t("What came of questions")}
        sentence={came(board)}
        points={pointsOf(board, ({ figures }) => ({
          answered: figures?.answered.of ?? null,
          unanswered: figures === null ? null : figures.answered.n - figures.answered.of - figures.failed,
          other: figures === null ? null : figures.questions - figures.answered.n + figures.failed,
        }))}
        series={[
          { id: "answered", label: t("Answered") },
          { id: "unanswered", label: t("“I don’t know”") },
          { id: "other", label: t("Greetings and failures") },
        ]}
        axis={axis}
        format={whole}
        file="aika-outcomes"
        level={2}
      />
      {board.totals.input_tokens + board.totals.output_tokens > 0 && (
        <BarChart
          title={t("Cost of language models")}
          sentence={cost(board)}
          points={pointsOf(board, ({ figures }) => ({ cost: figures?.cost_usd ?? null }))}
          series={[{ id: "cost", label: t("US dollars") }]}
          axis={axis}
          format={formatCost}
          file="aika-cost"
          level={2}
        />
      )}
    </div>
  );
}

function pointsOf(
  board: InsightsReply,
  values: (point: PointView) => ChartPoint["values"],
  ranges?: (point: PointView) => NonNullable<ChartPoint["ranges"]>,
): ChartPoint[] {
  return board.series.map((point) => ({
    label: dayOf(point.start),
    title: dayOf(point.start, { dateStyle: "medium" }),
    values: values(point),
    ...(ranges === undefined ? {} : { ranges: ranges(point) }),
  }));
}

function asked({ totals, start }: InsightsReply): string {
  return t("{questions, plural, one {# question} other {{shown} questions}} since {start}, {each} for each person.", {
    questions: totals.questions,
    shown: formatNumber(totals.questions),
    start: dayOf(start),
    each: totals.people === 0 ? "–" : formatNumber(totals.questions / totals.people, { maximumFractionDigits: 1 }),
  });
}

function answered({ totals, acceptance }: InsightsReply): string {
  if (totals.answered.n === 0) return t("No question that documents could answer was asked.");
  const unanswered = totals.answered.n - totals.answered.of;
  return t("{unanswered} of {n} questions got no answer; {helpful} of {rated} ratings say that the answer helped.", {
    unanswered: formatNumber(unanswered),
    n: formatNumber(totals.answered.n),
    helpful: formatNumber(acceptance.of),
    rated: formatNumber(acceptance.n),
  });
}

function timed({ totals }: InsightsReply): string {
  if (totals.latency === null) return t("Nothing was asked.");
  return t("The first words come within {first} half of the time; the whole answer within {p50}.", {
    first: formatMilliseconds(totals.first_word?.p50 ?? totals.latency.p50),
    p50: formatMilliseconds(totals.latency.p50),
  });
}

function came({ totals }: InsightsReply): string {
  const unanswered = totals.answered.n - totals.answered.of - totals.failed;
  return t(
    "{answered} answers, {unanswered} times “I don’t know”, {failed, plural, one {# failure} other {# failures}}.",
    {
      answered: formatNumber(totals.answered.of),
      unanswered: formatNumber(unanswered),
      failed: totals.failed,
    },
  );
}

function cost({ totals }: InsightsReply): string {
  return t("{each} for each question, {input} tokens read and {output} written.", {
    each: formatCost(totals.cost_usd / Math.max(1, totals.questions)),
    input: formatNumber(totals.input_tokens),
    output: formatNumber(totals.output_tokens),
  });
}
