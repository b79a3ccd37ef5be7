import { t } from "@aika/react/text";
import { EmptyState, Page } from "@aika/react/ui";
import type { ReactNode } from "react";

export default function Source(): ReactNode {
  return (
    <Page title={t("Source")}>
      <EmptyState title={t("Not built yet")} />
    </Page>
  );
}
