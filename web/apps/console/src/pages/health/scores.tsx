import { t } from "@aika/react/text";
import { EmptyState, Page } from "@aika/react/ui";
import type { ReactNode } from "react";

export default function Scores(): ReactNode {
  return (
    <Page title={t("Scores")}>
      <EmptyState title={t("Not built yet")} />
    </Page>
  );
}
