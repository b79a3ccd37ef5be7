import { t } from "@aika/react/text";
import { Button, EmptyState, ErrorNote, Page } from "@aika/react/ui";
import { Compass } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useRouteError } from "react-router";

/** A page that failed; everything around it goes on. */
export function PageFailed(): ReactNode {
  const error = useRouteError();
  return (
    <Page title={t("This page failed")} lead={t("The rest of aika still works. Loading the page again often helps.")}>
      <ErrorNote error={error} retry={() => location.reload()} />
    </Page>
  );
}

/** An address that leads nowhere. */
export function NotFound(): ReactNode {
  return (
    <Page title={t("There is no such page")}>
      <EmptyState
        icon={<Compass />}
        title={t("The link may be old, or what it led to may be gone")}
        action={
          <Button asChild look="primary">
            <Link to="/">{t("Ask a question instead")}</Link>
          </Button>
        }
      />
    </Page>
  );
}
