import type { ConversationSummary } from "@aika/client";
import { expect, test } from "vitest";
import { historyGroups } from "./history-groups.ts";

const NOW = new Date(2026, 10, 22, 9, 0);

function asked(title: string, at: Date, pinned = false): ConversationSummary {
  return {
    id: title,
    title,
    created_at: at.toISOString(),
    changed_at: at.toISOString(),
    assistant: null,
    pinned,
    shared: false,
    excerpt: null,
  };
}

test("conversations stand under the days that people speak of", () => {
  const groups = historyGroups(
    [
      asked("pinned", new Date(2025, 1, 1), true),
      asked("this morning", new Date(2026, 10, 22, 0, 1)),
      asked("last night", new Date(2026, 10, 21, 23, 59)),
      asked("on Tuesday", new Date(2026, 10, 17)),
      asked("this month", new Date(2026, 10, 2)),
      asked("in summer", new Date(2026, 6, 2)),
      asked("long ago", new Date(2024, 6, 2)),
    ],
    NOW,
  );

  expect(groups.map((group) => group.name)).toEqual([
    "Pinned",
    "Today",
    "Yesterday",
    "Last 7 days",
    "Last 30 days",
    "July",
    "July 2024",
  ]);
});
