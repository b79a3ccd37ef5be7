import { formatAge, t } from "@aika/react/text";
import { Button, Dialog } from "@aika/react/ui";
import type { ReactNode } from "react";
import type { Saving } from "./use-saving.ts";

/** Two people changed one assistant: the later one decides, and nobody's work is lost without a word. */
export function ConflictDialog({ saving }: { saving: Saving }): ReactNode {
  const { theirs } = saving;
  return (
    <Dialog
      open={theirs !== null}
      onOpenChange={(open) => !open && saving.dismiss()}
      title={t("Somebody else changed it meanwhile")}
      description={
        theirs?.changed_at == null
          ? t("Nothing was saved yet.")
          : t("It was changed {age}. Nothing of yours was saved yet.", { age: formatAge(theirs.changed_at) })
      }
      footer={
        <>
          <Button look="quiet" onClick={saving.dismiss}>
            {t("Go on editing")}
          </Button>
          <Button onClick={saving.takeTheirs}>{t("Take theirs, drop mine")}</Button>
          <Button look="primary" onClick={() => void saving.overwrite()}>
            {t("Save mine over theirs")}
          </Button>
        </>
      }
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-2 text-sm">
        <dt className="text-muted">{t("Name")}</dt>
        <dd>{theirs?.name}</dd>
        <dt className="text-muted">{t("Purpose")}</dt>
        <dd>{theirs?.purpose || t("none")}</dd>
        <dt className="text-muted">{t("Instructions")}</dt>
        <dd className="max-h-40 overflow-y-auto whitespace-pre-wrap">
          {theirs?.definition?.instructions || t("none")}
        </dd>
      </dl>
    </Dialog>
  );
}
