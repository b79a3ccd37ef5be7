import type { ConnectorView, SourceSettingsView, SourceView } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, CopyButton, ErrorNote, Loading, Note, Segmented, toast } from "@aika/react/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { draftOf, settingsOf } from "./draft.ts";
import { problemsOf } from "./problem-map.ts";
import { RemoveSource } from "./remove-source.tsx";
import { optionFields, SourceForm } from "./source-form.tsx";
import { useConnectors, useSourceSettings } from "./use-sources.ts";

/** How a source is declared: as a form, and as its file. */
export function SettingsTab({ source }: { source: SourceView }): ReactNode {
  const settings = useSourceSettings(source.id, source.managed);
  const connectors = useConnectors();
  const error = settings.error ?? connectors.error;
  if (error !== null) return <ErrorNote error={error} retry={() => void settings.refetch()} />;
  if (settings.data === undefined || connectors.data === undefined) return <Loading rows={6} />;
  const connector = connectors.data.find((one) => one.name === source.connector);
  return <Declared key={settings.data.version} view={settings.data} connector={connector} />;
}

type View = "form" | "yaml";

function Declared({ view, connector }: { view: SourceSettingsView; connector: ConnectorView | undefined }) {
  const [shown, setShown] = useState<View>("form");
  return (
    <div className="max-w-3xl">
      <div className="mb-6 flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 text-sm text-muted">
          {t("Declared in")} <code className="text-[0.8125rem] break-all text-ink">{view.place}</code>
        </p>
        <Segmented<View>
          label={t("Show as")}
          value={shown}
          onValueChange={setShown}
          choices={[
            { value: "form", label: t("Form") },
            { value: "yaml", label: "YAML" },
          ]}
        />
      </div>
      {view.remedy !== "" && (
        <Note className="mb-6 flex gap-3">
          <Lock aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-muted" />
          <p className="min-w-0 break-words">{view.remedy}</p>
        </Note>
      )}
      {view.unset_variables.length > 0 && (
        <Note tone="warn" className="mb-6">
          {t("Not set where aika runs: {names}. Set {n, plural, one {it} other {them}}, then restart aika.", {
            names: view.unset_variables.join(", "),
            n: view.unset_variables.length,
          })}
        </Note>
      )}
      {shown === "yaml" || connector === undefined ? (
        <Yaml text={view.yaml} />
      ) : (
        <Form view={view} connector={connector} />
      )}
      {view.removable && <RemoveSource view={view} />}
    </div>
  );
}

function Yaml({ text }: { text: string }) {
  return (
    <div className="relative">
      <div className="absolute top-2 right-2">
        <CopyButton text={text} label={t("Copy the file")} />
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="overflow-x-auto rounded-2xl bg-sunken p-5 font-mono text-[0.8125rem] leading-relaxed"
      >
        {text}
      </pre>
    </div>
  );
}

function Form({ view, connector }: { view: SourceSettingsView; connector: ConnectorView }) {
  const [draft, setDraft] = useState(() => draftOf(view));
  const fields = useMemo(() => optionFields(connector), [connector]);
  const before = useMemo(() => JSON.stringify(settingsOf(draftOf(view), fields)), [view, fields]);
  const changed = JSON.stringify(settingsOf(draft, fields)) !== before;
  const save = useSave(view);
  const editable = view.fields.length > 0;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(settingsOf(draft, fields));
      }}
    >
      {editable && view.fields.length < 8 && (
        <Note className="mb-6">
          {t(
            "You manage this source: purpose, owner, contact and schedule are yours to change. The rest is for operators.",
          )}
        </Note>
      )}
      <SourceForm
        connector={connector}
        draft={draft}
        onChange={setDraft}
        problems={problemsOf(save.error)}
        allowed={view.fields}
        named
      />
      {editable && (
        <div className="sticky bottom-0 -mx-2 mt-8 flex flex-wrap items-center justify-end gap-3 border-t bg-surface px-2 py-4">
          {save.error !== null && <ErrorNote error={save.error} className="w-full" />}
          {changed && <span className="mr-auto text-sm text-muted">{t("Not saved yet")}</span>}
          <Button disabled={!changed} onClick={() => setDraft(draftOf(view))}>
            {t("Undo changes")}
          </Button>
          <Button type="submit" look="primary" disabled={!changed} busy={save.isPending}>
            {t("Save and sync")}
          </Button>
        </div>
      )}
    </form>
  );
}

function useSave(view: SourceSettingsView) {
  const aika = useAika();
  const queries = useQueryClient();
  return useMutation<void, Error, ReturnType<typeof settingsOf>>({
    mutationFn: async (body) => {
      await aika.PUT("/v1/sources/{id}/settings", {
        params: { path: { id: view.id }, header: { "If-Match": `"${view.version}"` } },
        body,
      });
    },
    onSuccess: async () => {
      toast(t("Saved"));
      await queries.invalidateQueries({ queryKey: ["sources"] });
    },
  });
}
