import { render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { formatAge, formatDuration, formatWhen, speak, T, t, withPlainAges } from "./index.ts";

afterEach(() => speak("en", {}));

test("a message counts in the language's plural forms", () => {
  const message = "{count, plural, one {# source} other {# sources}}";

  expect(t(message, { count: 1 })).toBe("1 source");
  expect(t(message, { count: 1200 })).toBe("1,200 sources");
});

test("a translated message is shown, and one without a translation stays English", () => {
  speak("de", { "Ask {name}": "{name} fragen" });

  expect(t("Ask {name}", { name: "Ada" })).toBe("Ada fragen");
  expect(t("Sign out")).toBe("Sign out");
});

test("elements stand where the translation puts them", () => {
  speak("de", { "Ask <who>{name}</who> about it": "Frag <who>{name}</who>" });

  render(
    <p>{T({ message: "Ask <who>{name}</who> about it", values: { name: "Ada", who: (text) => <b>{text}</b> } })}</p>,
  );

  expect(screen.getByText("Ada").tagName).toBe("B");
});

test("an age is told in its largest unit", () => {
  expect(formatAge("2026-11-19T12:00:00Z", "2026-11-22T12:00:00Z")).toBe("3 days ago");
  expect(formatAge("2026-11-22T11:59:50Z", "2026-11-22T12:00:00Z")).toBe("now");
});

test("a duration is told in its largest unit", () => {
  expect(formatDuration(0.25)).toBe("250 ms");
  expect(formatDuration(5400)).toBe("1.5 hours");
});

test("what was said today is told by its time alone", () => {
  const now = new Date(2026, 10, 22, 17, 45);

  expect(formatWhen(new Date(2026, 10, 22, 9, 5), now)).toBe("9:05 AM");
  expect(formatWhen(new Date(2026, 10, 21, 9, 5), now)).toBe("Nov 21, 2026, 9:05 AM");
});

test("an age that is counted in days is told as people tell it", () => {
  expect(withPlainAges("It was last reviewed 1146 days ago.")).toBe("It was last reviewed 3 years ago.");
  expect(withPlainAges("It changed 45 days ago, and is 3 pages long.")).toBe(
    "It changed last month, and is 3 pages long.",
  );
});
