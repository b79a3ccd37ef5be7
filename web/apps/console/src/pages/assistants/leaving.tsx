import { t } from "@aika/react/text";
import { Button, Dialog } from "@aika/react/ui";
import { type ReactNode, useEffect } from "react";
import { useBlocker } from "react-router";

/** Asks before a page with unsaved changes is left. */
export function Leaving({ when }: { when: boolean }): ReactNode {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => when && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (!when) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [when]);
  return (
    <Dialog
      open={blocker.state === "blocked"}
      onOpenChange={(open) => !open && blocker.reset?.()}
      title={t("Leave without saving?")}
      footer={
        <>
          <Button onClick={() => blocker.reset?.()}>{t("Stay")}</Button>
          <Button look="danger" onClick={() => blocker.proceed?.()}>
            {t("Leave, and lose the changes")}
          </Button>
        </>
      }
    >
      <p className="text-sm text-muted">{t("What you changed in this assistant is not saved yet.")}</p>
    </Dialog>
  );
}
