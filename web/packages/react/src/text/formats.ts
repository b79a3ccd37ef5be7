import { language } from "./text.tsx";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const MONTH = 30.44 * DAY;
const YEAR = 365.25 * DAY;

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", YEAR],
  ["month", MONTH],
  ["week", WEEK],
  ["day", DAY],
  ["hour", HOUR],
  ["minute", MINUTE],
];

type Moment = Date | string | number;

/** A number with the language's separators. */
export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(language(), options).format(value);
}

/** A share 0..1 as a percentage. */
export function formatShare(value: number, digits = 0): string {
  return formatNumber(value, { style: "percent", maximumFractionDigits: digits });
}

/** A day: "Nov 3, 2026". */
export function formatDate(moment: Moment, options: Intl.DateTimeFormatOptions = { dateStyle: "medium" }): string {
  return new Intl.DateTimeFormat(language(), options).format(new Date(moment));
}

/** A day and a time: "Nov 3, 2026, 4:05 PM". */
export function formatTime(moment: Moment): string {
  return formatDate(moment, { dateStyle: "medium", timeStyle: "short" });
}

/** When something was said: the time alone today, otherwise the day as well. */
export function formatWhen(moment: Moment, now: Moment = Date.now()): string {
  const today = new Date(moment).toDateString() === new Date(now).toDateString();
  return today ? formatDate(moment, { timeStyle: "short" }) : formatTime(moment);
}

const DAYS_AGO = /\b(\d+) days ago\b/g;

/** What the server says about an age, as people say it: "1146 days ago" is "3 years ago". */
export function withPlainAges(text: string): string {
  return text.replace(DAYS_AGO, (_, days: string) => formatAge(-Number(days) * DAY * 1000, 0));
}

/** How long ago, or in how long: "3 days ago". */
export function formatAge(moment: Moment, now: Moment = Date.now()): string {
  const seconds = (new Date(moment).getTime() - new Date(now).getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return format.format(unit === "second" ? 0 : Math.round(seconds / size), unit);
}

/** A length of time in seconds, in its largest unit: "3 hours", "250 ms". */
export function formatDuration(seconds: number): string {
  const unit = (value: number, name: string) =>
    formatNumber(value, { style: "unit", unit: name, unitDisplay: "long", maximumFractionDigits: value < 10 ? 1 : 0 });
  if (seconds < 1)
    return formatNumber(seconds * 1000, { style: "unit", unit: "millisecond", maximumFractionDigits: 0 });
  const [name, size] = UNITS.find(([, size]) => seconds >= size) ?? ["second", 1];
  return unit(seconds / size, name);
}

/** A list of words: "a, b, and c". */
export function formatList(words: readonly string[], type: Intl.ListFormatType = "conjunction"): string {
  return new Intl.ListFormat(language(), { type }).format(words);
}
