import { t } from "@aika/react/text";
import { EmptyState } from "@aika/react/ui";
import { ChartSpline } from "lucide-react";
import type { ReactNode } from "react";
import { Command } from "./basis.tsx";

/** No replay was run: what one is, and how it is run. */
export function NoReplay({ command }: { command: string }): ReactNode {
  return (
    <EmptyState icon={<ChartSpline />} title={t("No replay was run yet")}>
      <p>
        {t(
          "A replay asks the questions of the channel's past again, and compares what the goalie would have answered with what people did. Nothing is posted. Run it on the server's machine, in the folder of aika.toml:",
        )}
      </p>
      <div className="mt-4 text-left">
        <Command command={command} />
      </div>
      <p className="mt-3">{t("This page shows what it came to as soon as it is done.")}</p>
    </EmptyState>
  );
}
