import { t } from "@aika/react/text";
import { EmptyState, Page } from "@aika/react/ui";
import type { ReactNode } from "react";

export default function Run(): ReactNode {
  return (
    <Page title={t("Run")}>
      <EmptyState title={t("Not built yet")} />
    </Page>
  );
}
