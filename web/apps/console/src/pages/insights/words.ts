import { formatDate, formatNumber, t } from "@aika/react/text";

/** A day of the calendar that insights are made on, which is in UTC. */
export function dayOf(day: string, options: Intl.DateTimeFormatOptions = { month: "short", day: "numeric" }): string {
  return formatDate(day, { ...options, timeZone: "UTC" });
}

/** The last day of a period, from the first one after it. */
export function lastDayOf(end: string): string {
  return new Date(new Date(end).getTime() - 86_400_000).toISOString();
}

/** Milliseconds, short enough for an axis: "450 ms", "1.2 s". */
export function formatMilliseconds(value: number): string {
  const [shown, unit] = value < 1000 ? [value, "millisecond"] : [value / 1000, "second"];
  return formatNumber(shown, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: value < 1000 ? 0 : 1,
  });
}

/** US dollars, with cents where they matter. */
export function formatCost(value: number): string {
  const digits = value !== 0 && value < 1 ? 3 : value < 100 ? 2 : 0;
  return formatNumber(value, { style: "currency", currency: "USD", maximumFractionDigits: digits });
}

/** What people call a place where questions are asked. */
export function surfaceName(id: string): string {
  const names: Readonly<Record<string, string>> = {
    web: t("Web app"),
    api: t("API"),
    openai: t("Chat clients"),
    slack: t("Slack"),
    goalie: t("Goalies"),
    mcp: t("Editors and agents"),
    cli: t("Command line"),
  };
  return names[id] ?? id;
}

/** The name of a group without its kind. */
export function teamName(id: string): string {
  return id.slice(id.indexOf(":") + 1);
}
