import type { MeView } from "@aika/client";
import { t } from "@aika/react/text";
import {
  Activity,
  Bot,
  ChartNoAxesColumn,
  FlaskConical,
  Library,
  type LucideIcon,
  Settings,
  ShieldCheck,
} from "lucide-react";
import { isSteward } from "./me.ts";

/** A part of the app that one can go to. */
export interface Place {
  path: string;
  name: string;
  icon: LucideIcon;
  /** Words that the command palette finds it by. */
  words: string;
}

/** Where this person can go. What they may not see is not offered; the server refuses it in any case. */
export function placesOf(me: MeView | undefined): Place[] {
  const steward = isSteward(me);
  const operator = me?.operator ?? false;
  return [
    { path: "/assistants", name: t("Assistants"), icon: Bot, words: t("modes bots instructions"), shown: true },
    { path: "/sources", name: t("Sources"), icon: Library, words: t("documents sync connectors"), shown: true },
    { path: "/goalies", name: t("Goalie"), icon: ShieldCheck, words: t("slack support queue review"), shown: true },
    { path: "/health", name: t("Health"), icon: Activity, words: t("findings gaps outdated conflicting"), shown: true },
    {
      path: "/insights",
      name: t("Insights"),
      icon: ChartNoAxesColumn,
      words: t("usage statistics adoption"),
      shown: steward,
    },
    {
      path: "/evaluation",
      name: t("Evaluation"),
      icon: FlaskConical,
      words: t("runs quality measures"),
      shown: operator,
    },
    { path: "/settings", name: t("Settings"), icon: Settings, words: t("theme keys account language"), shown: true },
  ].flatMap(({ shown, ...place }) => (shown ? [place] : []));
}
