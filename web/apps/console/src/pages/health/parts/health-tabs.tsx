import { t } from "@aika/react/text";
import { cn } from "@aika/react/ui";
import type { ReactNode } from "react";
import { NavLink } from "react-router";

/** The pages of health. */
export function HealthTabs(): ReactNode {
  const pages: readonly [string, string][] = [
    ["/health", t("Findings")],
    ["/health/gaps", t("Gaps")],
    ["/health/scores", t("Scores")],
  ];
  return (
    <nav aria-label={t("Health")} className="-mt-2 mb-6 flex gap-1 overflow-x-auto border-b">
      {pages.map(([path, name]) => (
        <NavLink
          key={path}
          to={path}
          end
          className={({ isActive }) =>
            cn(
              "-mb-px border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-muted hover:text-ink",
              isActive && "border-accent text-ink",
            )
          }
        >
          {name}
        </NavLink>
      ))}
    </nav>
  );
}
