import { t } from "@aika/react/text";
import { EmptyState, Page } from "@aika/react/ui";
import type { ReactNode } from "react";

export default function Add(): ReactNode {
  return (
    <Page title={t("Add")}>
      <EmptyState title={t("Not built yet")} />
    </Page>
  );
}
