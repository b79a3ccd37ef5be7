import type { GoaliesReply, GoalieView } from "@aika/client";
import { useAika } from "@aika/react";
import { formatDuration, formatShare, t } from "@aika/react/text";
import { Badge, Card, EmptyState, Note, Skeleton, type Tone } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { MessagesSquare } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { channelName } from "./review/queue-list.tsx";

/** The channels, each with what became of its questions within a week. */
export function Channels({ reply }: { reply: GoaliesReply }): ReactNode {
  const wrong = Object.entries(reply.errors);
  return (
    <div className="flex flex-col gap-4">
      {wrong.map(([path, problem]) => (
        <Note key={path} tone="bad">
          <p className="font-medium">{t("A goalie's file is wrong. It goes on as it last was right.")}</p>
          <p className="mt-1 font-mono text-[0.8125rem] break-words whitespace-pre-line">{problem}</p>
        </Note>
      ))}
      {reply.goalies.length === 0 ? (
        <EmptyState icon={<MessagesSquare />} title={t("There is no goalie yet")}>
          {t(
            "Declare one in a file goalies/NAME.yaml beside aika.toml: its channel, its humans, and what to do at which confidence.",
          )}
        </EmptyState>
      ) : (
        <ul className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
          {reply.goalies.map((goalie) => (
            <li key={goalie.name}>
              <Channel goalie={goalie} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Channel({ goalie }: { goalie: GoalieView }): ReactNode {
  return (
    <Card className="relative flex h-full flex-col gap-4 transition-colors hover:border-line-strong/60">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="truncate text-base font-semibold">
            <Link to={`/goalies/${goalie.name}`} className="rounded after:absolute after:inset-0 after:rounded-2xl">
              {channelName(goalie.channel)}
            </Link>
          </h2>
          <p className="text-sm text-muted">
            {t("{n, plural, =0 {no human named} one {# human} other {# humans}}", { n: goalie.humans })}
            {" · "}
            {t("proposes from {medium}, answers from {high}", {
              medium: formatShare(goalie.medium),
              high: formatShare(goalie.high),
            })}
          </p>
        </div>
        <ModeBadge mode={goalie.mode} />
      </div>
      <Week name={goalie.name} />
    </Card>
  );
}

function Week({ name }: { name: string }): ReactNode {
  const aika = useAika();
  const { data } = useQuery({
    queryKey: ["goalies", "report", name],
    queryFn: async () => (await aika.GET("/v1/goalies/{name}/report", { params: { path: { name } } })).data,
    staleTime: 60_000,
  });
  if (data === undefined) return <Skeleton className="h-16" />;
  const figures: readonly [string, string][] = [
    [t("questions"), String(data.questions)],
    [t("accepted"), data.acceptance === null ? "–" : formatShare(data.acceptance)],
    [t("saved"), data.minutes_saved === 0 ? "–" : formatDuration(data.minutes_saved * 60)],
  ];
  return (
    <div className="mt-auto">
      <p className="text-xs text-muted">{t("In the last 7 days")}</p>
      <dl className="mt-1 flex gap-6">
        {figures.map(([label, value]) => (
          <div key={label} className="flex flex-col-reverse">
            <dt className="text-[0.8125rem] text-muted">{label}</dt>
            <dd className="text-lg font-semibold tabular">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

export function ModeBadge({ mode }: { mode: string }): ReactNode {
  const tones: Readonly<Record<string, Tone>> = { live: "good", shadow: "warn" };
  const words: Readonly<Record<string, string>> = { live: t("live"), shadow: t("shadow"), off: t("off") };
  return <Badge tone={tones[mode] ?? "neutral"}>{words[mode] ?? mode}</Badge>;
}
