import type { GoalieDetail, HoursView } from "@aika/client";
import { formatDuration, formatList, formatNumber, formatShare, formatTime, t } from "@aika/react/text";
import { cn, Section } from "@aika/react/ui";
import type { ReactNode } from "react";
import { channelName } from "./review/queue-list.tsx";

/** What the goalie's file tells it to be. */
export function GoalieFacts({ goalie }: { goalie: GoalieDetail }): ReactNode {
  const { settings, noise } = goalie;
  const facts: readonly [string, ReactNode][] = [
    [t("Hours"), settings.hours === null ? t("always") : <Hours key="hours" hours={settings.hours} goalie={goalie} />],
    [
      t("Human goalies"),
      settings.humans.length === 0 ? humansChannel(settings.humans_channel) : formatList(settings.humans),
    ],
    [t("How to reach them"), settings.reach || t("they are named with every answer")],
    [t("Knows"), knows(goalie)],
    [t("Writes"), [settings.language || t("in the question's language"), settings.tone].filter(Boolean).join(". ")],
    [t("Speaks at most"), t("{n} times a day", { n: settings.daily_limit })],
    [
      t("Noise budget"),
      noise.min_acceptance === 0
        ? t("none: it never grows quieter by itself")
        : t("grows quieter below {share} accepted of the last {window}. Now: {accepted} of {judged}", {
            share: formatShare(noise.min_acceptance),
            window: noise.window,
            accepted: noise.accepted,
            judged: noise.judged,
          }),
    ],
    [
      t("When nobody answers"),
      settings.waiting_seconds === null
        ? t("it says nothing")
        : t("after {time} it says: “{text}”", {
            time: formatDuration(settings.waiting_seconds),
            text: settings.waiting_text,
          }),
    ],
    [t("Weekly report"), report(goalie)],
    [t("Keeps answers in"), settings.keep_in ?? t("nowhere: accepted answers are not made documents")],
  ];
  return (
    <Section
      title={t("What it does")}
      lead={
        goalie.file === ""
          ? undefined
          : t("Declared in {file}. Whoever changes that file changes this.", { file: goalie.file })
      }
    >
      <Bands goalie={goalie} />
      <dl className="mt-4 grid gap-x-10 rounded-2xl border border-line px-5 py-2 md:grid-cols-2">
        {facts.map(([name, fact]) => (
          <div key={name} className="grid grid-cols-[8.5rem_minmax(0,1fr)] gap-3 py-2.5 text-sm">
            <dt className="text-muted">{name}</dt>
            <dd className="break-words">{fact}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

/** From nothing to sure, and what it does in which part. */
function Bands({ goalie }: { goalie: GoalieDetail }): ReactNode {
  const { medium, high, settings } = goalie;
  const does: Readonly<Record<string, string>> = {
    nothing: t("does nothing"),
    propose: t("proposes to humans"),
    answer: t("answers in the thread"),
  };
  const bands = [
    { id: "low", from: 0, to: medium, does: settings.low, className: "bg-sunken" },
    { id: "medium", from: medium, to: high, does: settings.medium, className: "bg-accent-soft" },
    { id: "high", from: high, to: 1, does: settings.high, className: "bg-good-soft" },
  ];
  return (
    <ol className="grid gap-2 sm:grid-cols-3">
      {bands.map((band) => (
        <li key={band.id} className={cn("rounded-xl px-4 py-3", band.className)}>
          <p className="text-[0.8125rem] text-muted tabular">
            {t("{from} to {to}", { from: formatShare(band.from), to: formatShare(band.to) })}
          </p>
          <p className="text-sm font-medium">{does[band.does] ?? band.does}</p>
        </li>
      ))}
    </ol>
  );
}

function Hours({ hours, goalie }: { hours: HoursView; goalie: GoalieDetail }): ReactNode {
  const days = hours.days.length === 7 ? t("every day") : formatList(hours.days.map((day) => dayName(day)));
  const allDay = hours.begin.startsWith("00:00") && hours.end.startsWith("23:59");
  return (
    <>
      {days}
      {!allDay && `, ${hours.begin.slice(0, 5)}–${hours.end.slice(0, 5)}`}
      <span className="text-muted"> ({hours.timezone})</span>
      {!goalie.open && goalie.opens_at !== null && (
        <span className="block text-muted">
          {t("speaks next on {moment}", { moment: formatTime(goalie.opens_at) })}
        </span>
      )}
    </>
  );
}

/** A weekday in the reader's language: the API names them in English. */
function dayName(day: string): string {
  const names: Readonly<Record<string, string>> = {
    monday: t("Monday"),
    tuesday: t("Tuesday"),
    wednesday: t("Wednesday"),
    thursday: t("Thursday"),
    friday: t("Friday"),
    saturday: t("Saturday"),
    sunday: t("Sunday"),
  };
  return names[day] ?? day;
}

function humansChannel(channel: string | null): string {
  return channel === null ? t("none") : t("everybody in {channel}", { channel: channelName(channel) });
}

function knows({ settings }: GoalieDetail): string {
  const assistant = settings.assistant === null ? t("what everybody in the channel may read") : settings.assistant;
  if (settings.sources.length === 0) return assistant;
  return t("{assistant}, and the sources {sources}", { assistant, sources: formatList(settings.sources) });
}

function report({ settings }: GoalieDetail): string {
  if (settings.report_day === null || settings.report_at === null) return t("none");
  const channel = settings.owners_channel;
  return t("{day} at {time}, to {whom}. {minutes} min saved are reckoned for an accepted answer", {
    day: dayName(settings.report_day),
    time: settings.report_at.slice(0, 5),
    whom: channel === null ? t("the human goalies") : channelName(channel),
    minutes: formatNumber(settings.minutes_saved),
  });
}
