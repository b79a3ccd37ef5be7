import { t } from "@aika/react/text";
import { EmptyState, Page } from "@aika/react/ui";
import type { ReactNode } from "react";

export default function SignIn(): ReactNode {
  return (
    <Page title={t("SignIn")}>
      <EmptyState title={t("Not built yet")} />
    </Page>
  );
}
