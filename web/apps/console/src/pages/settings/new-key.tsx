import type { NewKey } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, Checkbox, CopyButton, Dialog, ErrorNote, Field, Input, Note, Select } from "@aika/react/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";

/** Makes a key, and shows its secret this once. */
export function NewKeyDialog({ onClose }: { onClose: () => void }): ReactNode {
  const [made, setMade] = useState<NewKey | null>(null);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={made === null ? t("New API key") : t("Copy the key now")}
      description={made === null ? t("A program sends it as Authorization: Bearer KEY.") : t("It is not shown again.")}
    >
      {made === null ? <KeyForm onMade={setMade} onClose={onClose} /> : <Secret of={made} onClose={onClose} />}
    </Dialog>
  );
}

function KeyForm({ onMade, onClose }: { onMade: (key: NewKey) => void; onClose: () => void }): ReactNode {
  const aika = useAika();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [principals, setPrincipals] = useState("everyone");
  const [days, setDays] = useState("90");
  const [onBehalf, setOnBehalf] = useState(false);
  const [admin, setAdmin] = useState(false);
  const make = useMutation({
    mutationFn: async () =>
      (
        await aika.POST("/v1/keys", {
          body: {
            name: name.trim(),
            principals: principals.split(/[\s,]+/).filter((one) => one !== ""),
            expires_in_days: days === "" ? null : Number(days),
            on_behalf: onBehalf,
            admin,
          },
        })
      ).data,
    onSuccess: async (key) => {
      if (key !== undefined) onMade(key);
      await queries.invalidateQueries({ queryKey: ["settings", "keys"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label={t("Name")} help={t("What uses it, such as: wiki search.")}>
        <Input required autoFocus value={name} onChange={(event) => setName(event.target.value)} />
      </Field>
      <Field
        label={t("Asks as")}
        help={t("Principals, separated by commas: everyone, group:payments, user:ada@example.org.")}
      >
        <Input required value={principals} onChange={(event) => setPrincipals(event.target.value)} />
      </Field>
      <Field label={t("Expires")}>
        <Select value={days} onChange={(event) => setDays(event.target.value)}>
          <option value="30">{t("In 30 days")}</option>
          <option value="90">{t("In 90 days")}</option>
          <option value="365">{t("In a year")}</option>
          <option value="">{t("Never")}</option>
        </Select>
      </Field>
      <Checkbox
        checked={onBehalf}
        onChange={(event) => setOnBehalf(event.target.checked)}
        label={t("May ask on behalf of people")}
        help={t("For front ends that know who is in front of them.")}
      />
      <Checkbox
        checked={admin}
        onChange={(event) => setAdmin(event.target.checked)}
        label={t("May manage")}
        help={t("Syncs sources, makes keys, sees all numbers.")}
      />
      {make.isError && <ErrorNote error={make.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t("Cancel")}</Button>
        <Button type="submit" look="primary" busy={make.isPending}>
          {t("Make the key")}
        </Button>
      </div>
    </form>
  );
}

function Secret({ of: key, onClose }: { of: NewKey; onClose: () => void }): ReactNode {
  return (
    <div className="flex flex-col gap-4">
      <Note className="flex items-center gap-2">
        <code className="min-w-0 flex-1 font-mono text-[0.8125rem] break-all">{key.secret}</code>
        <CopyButton text={key.secret} label={t("Copy the key")} />
      </Note>
      <div className="flex justify-end">
        <Button look="primary" onClick={onClose}>
          {t("I have kept it")}
        </Button>
      </div>
    </div>
  );
}
