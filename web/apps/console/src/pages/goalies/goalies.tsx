import { t } from "@aika/react/text";
import { EmptyState, Page } from "@aika/react/ui";
import type { ReactNode } from "react";

export default function Goalies(): ReactNode {
  return (
    <Page title={t("Goalies")}>
      <EmptyState title={t("Not built yet")} />
    </Page>
  );
}
