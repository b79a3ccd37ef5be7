import type { ConversationSummary } from "@aika/client";
import { formatDate, t } from "@aika/react/text";

export interface HistoryGroup {
  readonly name: string;
  readonly conversations: readonly ConversationSummary[];
}

const DAY = 86_400_000;

/** Returns conversations by when something was last asked in them, as people speak of days. Their order is kept. */
export function historyGroups(conversations: readonly ConversationSummary[], now: Date): readonly HistoryGroup[] {
  const groups = new Map<string, ConversationSummary[]>();
  for (const conversation of conversations) {
    const name = conversation.pinned
      ? t("Pinned")
      : dayName(new Date(conversation.changed_at ?? conversation.created_at), now);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [conversation]);
    else group.push(conversation);
  }
  return [...groups].map(([name, members]) => ({ name, conversations: members }));
}

function dayName(moment: Date, now: Date): string {
  // Rounded, because a day may have 23 or 25 hours.
  const days = Math.round((startOfDay(now) - startOfDay(moment)) / DAY);
  if (days <= 0) return t("Today");
  if (days === 1) return t("Yesterday");
  if (days < 7) return t("Last 7 days");
  if (days < 30) return t("Last 30 days");
  const sameYear = moment.getFullYear() === now.getFullYear();
  return formatDate(moment, sameYear ? { month: "long" } : { month: "long", year: "numeric" });
}

function startOfDay(moment: Date): number {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
}
