import type { DayScoreView, HealthView, ScoreView } from "@aika/client";
import { useAika } from "@aika/react";
import { formatNumber, t } from "@aika/react/text";
import { Section, Skeleton, Stat } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { Link } from "react-router";
import { KINDS, kindName } from "./parts/kinds.tsx";
import { byName, findingsWord, Score, Trend } from "./parts/score.tsx";

const SHOWN = 6;

/** The numbers of all findings, and the teams whose documents need it most. */
export function Overview({ health }: { health: HealthView }): ReactNode {
  const missing = health.kinds["no document"] ?? 0;
  const kinds = KINDS.filter((kind) => kind !== "no document" && health.kinds[kind] !== undefined)
    .map((kind) => `${formatNumber(health.kinds[kind] ?? 0)} ${kindName(kind).toLocaleLowerCase()}`)
    .join(", ");
  return (
    <>
      <div className="mb-8 grid gap-3 sm:grid-cols-3">
        <Stat
          label={t("Open findings")}
          value={health.open - missing}
          detail={kinds || t("nothing is known to be wrong")}
        />
        <Stat
          label={t("Missing documents")}
          value={missing}
          detail={
            <Link to="/health/gaps" className="rounded text-accent hover:underline">
              {t("See what people asked")}
            </Link>
          }
        />
        <Stat label={t("Answers they cost")} value={health.people} detail={t("people, summed over findings")} />
      </div>
      <Teams />
    </>
  );
}

function Teams(): ReactNode {
  const aika = useAika();
  const scores = useQuery({
    queryKey: ["health", "scores", "owner"],
    queryFn: async () => {
      const params = { query: { by: "owner" as const, limit: 100, days: 0 } };
      return (await aika.GET("/v1/health/scores", { params })).data?.scores ?? [];
    },
  });
  const past = useQuery({
    queryKey: ["health", "past", "owner"],
    queryFn: async () => {
      const params = { query: { by: "owner" as const, days: 30 } };
      return (await aika.GET("/v1/health/scores/history", { params })).data?.days ?? [];
    },
  });
  const days = useMemo(() => byName(past.data ?? []), [past.data]);
  if (scores.isPending) return <Skeleton className="mb-10 h-40" />;
  const worst = (scores.data ?? []).filter((one) => one.findings > 0).slice(0, SHOWN);
  if (worst.length === 0) return null;
  return (
    <Section
      title={t("Teams")}
      lead={t("By whose documents need it most, with the last 30 days.")}
      actions={
        <Link to="/health/scores" className="rounded text-sm text-accent hover:underline">
          {t("All scores")}
        </Link>
      }
    >
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {worst.map((one) => (
          <li key={one.name}>
            <Team score={one} days={days.get(one.name) ?? []} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Team({ score, days }: { score: ScoreView; days: readonly DayScoreView[] }): ReactNode {
  const findings = score.findings - score.gaps;
  return (
    <Link
      to={findings === 0 ? "/health/gaps" : `/health?owner=${encodeURIComponent(score.name)}#findings`}
      className="flex h-full items-center justify-between gap-4 rounded-2xl border border-line px-5 py-4 transition-colors hover:border-line-strong/60"
    >
      <span className="min-w-0">
        <span className="block truncate font-medium">{score.name || t("no owner")}</span>
        <span className="block text-[0.8125rem] text-muted">
          {[findings > 0 && findingsWord(findings), score.gaps > 0 && t("{n} missing", { n: score.gaps })]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </span>
      <span className="flex shrink-0 flex-col items-end gap-1">
        <Score value={score.score} className="text-2xl tracking-tight" />
        <Trend days={days} width={72} />
      </span>
    </Link>
  );
}
