import type { DocumentSummary } from "@aika/client";
import { type ReactNode, useState } from "react";
import { t } from "../text/index.ts";
import { Button } from "../ui/button.tsx";
import { Checkbox, Field, Select, Textarea } from "../ui/fields.tsx";
import { Dialog } from "../ui/overlays.tsx";

export interface Told {
  readonly words: string;
  readonly document: string | null;
  readonly withName: boolean;
}

export interface TellOwnerDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly question: string;
  readonly documents: readonly DocumentSummary[];
  readonly onTell: (told: Told) => Promise<void>;
}

/** Lets whoever owns the nearest documents know that an answer is missing. */
export function TellOwnerDialog({ open, onOpenChange, question, documents, onTell }: TellOwnerDialogProps): ReactNode {
  const [words, setWords] = useState("");
  const [document, setDocument] = useState("");
  const [withName, setWithName] = useState(false);
  const [busy, setBusy] = useState(false);
  const send = () => {
    setBusy(true);
    void onTell({ words: words.trim(), document: document || null, withName })
      .then(() => onOpenChange(false))
      .finally(() => setBusy(false));
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("Tell the owner that an answer is missing")}
      description={t("It becomes a finding of theirs, with your question: “{question}”", { question })}
      footer={
        <>
          <Button look="quiet" onClick={() => onOpenChange(false)}>
            {t("Cancel")}
          </Button>
          <Button look="primary" busy={busy} onClick={send}>
            {t("Tell the owner")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 pt-1">
        <Field label={t("What were you looking for?")} optional>
          <Textarea
            value={words}
            onChange={(event) => setWords(event.target.value)}
            maxLength={2000}
            rows={4}
            placeholder={t("What you needed it for helps them to write it down.")}
          />
        </Field>
        {documents.length > 0 && (
          <Field label={t("Which document should say it?")} optional>
            <Select value={document} onChange={(event) => setDocument(event.target.value)}>
              <option value="">{t("I do not know")}</option>
              {documents.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.title}
                </option>
              ))}
            </Select>
          </Field>
        )}
        <Checkbox
          label={t("They may know that I ask, and answer me")}
          checked={withName}
          onChange={(event) => setWithName(event.target.checked)}
        />
      </div>
    </Dialog>
  );
}
