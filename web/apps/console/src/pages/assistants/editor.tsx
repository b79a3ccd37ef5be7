import type { AssistantFormView, AssistantView } from "@aika/client";
import { t } from "@aika/react/text";
import { Button, cn, ErrorNote, Note, Page, Segmented } from "@aika/react/ui";
import { type ReactNode, useState, useSyncExternalStore } from "react";
import { Link } from "react-router";
import { ConflictDialog } from "./conflict-dialog.tsx";
import type { DraftState, DraftStore } from "./draft-store.ts";
import { FilterEffect } from "./filter-effect.tsx";
import { FormAnswers } from "./form-answers.tsx";
import { FormKnowledge } from "./form-knowledge.tsx";
import { FormPeople } from "./form-people.tsx";
import { FormRanking } from "./form-ranking.tsx";
import { FormSharing } from "./form-sharing.tsx";
import { Leaving } from "./leaving.tsx";
import { TryPanel } from "./try-panel.tsx";
import { type Saving, useSaving } from "./use-saving.ts";
import { textOf } from "./words.ts";
import { YamlEditor } from "./yaml-editor.tsx";

type View = "form" | "yaml";

export interface EditorProps {
  readonly store: DraftStore;
  readonly choices: AssistantFormView;
  /** The assistant that is changed, `null` for a new one. */
  readonly assistant: AssistantView | null;
  /** What is kept of it now, as YAML. */
  readonly kept: string;
}

/** The form and the YAML of an assistant beside each other, kept in step, and trying it below. */
export function Editor({ store, choices, assistant, kept }: EditorProps): ReactNode {
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  const [view, setView] = useState<View>("form");
  const saving = useSaving(store, assistant);
  const inFile = assistant !== null && !assistant.editable;
  const name = textOf(state.values.name);
  const form = {
    values: state.values,
    unreadable: state.unreadable,
    // Nobody is told that a name is missing before they began.
    problems: state.changed || assistant !== null ? state.problems : [],
    choices,
    onChange: (key: string, value: Parameters<DraftStore["set"]>[1]) => store.set(key, value),
  };
  const wrong = state.problems.filter((problem) => !problem.doubt).length;
  return (
    <Page
      wide
      back={
        <Link to="/assistants" className="hover:text-ink hover:underline">
          {t("Assistants")}
        </Link>
      }
      title={assistant === null ? t("New assistant") : name || assistant.name}
      lead={t(
        "What it knows, how it speaks, and who may use it. It narrows what people may read, and never widens it.",
      )}
    >
      {inFile && <DeclaredInFile assistant={assistant} />}
      {state.error !== null && <ErrorNote error={state.error} retry={() => void store.settle()} className="mb-5" />}
      <div className="mb-5 lg:hidden">
        <Segmented<View>
          label={t("View")}
          value={view}
          onValueChange={setView}
          choices={[
            { value: "form", label: t("Form") },
            { value: "yaml", label: wrong === 0 ? t("YAML") : t("YAML ({n})", { n: wrong }) },
          ]}
        />
      </div>
      <div className="grid items-start gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)]">
        <div className={view === "yaml" ? "max-lg:hidden" : ""}>
          <FormPeople {...form} />
          <FormKnowledge {...form}>
            {state.effect !== null && (
              <div className="rounded-2xl bg-sunken p-5">
                <h3 className="mb-3 text-sm font-medium">{t("What it can answer from, for you")}</h3>
                <FilterEffect effect={state.effect} busy={state.checking} />
              </div>
            )}
          </FormKnowledge>
          <FormRanking {...form} />
          <FormAnswers {...form} />
          <FormSharing {...form} />
        </div>
        <div className={view === "form" ? "max-lg:hidden lg:sticky lg:top-6" : "lg:sticky lg:top-6"}>
          <h2 className="mb-3 flex items-baseline justify-between gap-3 text-base font-semibold">
            {t("The same as YAML")}
            <span role="status" className="text-xs font-normal text-muted">
              {state.checking ? t("Checking") : wrong === 0 ? t("No problems") : null}
            </span>
          </h2>
          <YamlEditor yaml={state.yaml} problems={state.problems} onChange={(yaml) => store.write(yaml)} />
        </div>
      </div>
      <TryPanel
        store={store}
        state={state}
        saved={assistant === null ? null : { id: "saved", label: t("Saved version"), yaml: kept }}
      />
      {!inFile && <SaveBar state={state} saving={saving} isNew={assistant === null} wrong={wrong} />}
      <Leaving when={state.changed && !saving.done && !inFile} />
      <ConflictDialog saving={saving} />
    </Page>
  );
}

/** What stands in the way of saving, and saving; at hand wherever one is on the page. */
function SaveBar({
  state,
  saving,
  isNew,
  wrong,
}: {
  state: DraftState;
  saving: Saving;
  isNew: boolean;
  wrong: number;
}): ReactNode {
  const idle = !state.changed && !isNew;
  const said = !state.changed
    ? isNew
      ? t("A name is enough to begin.")
      : t("Everything is saved.")
    : wrong > 0
      ? t("{n, plural, one {One thing is} other {# things are}} to mend before it can be saved.", { n: wrong })
      : t("Not saved yet.");
  return (
    <div className="sticky bottom-4 z-20 mt-10 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-2xl border border-line bg-raised py-2.5 pr-2.5 pl-5 shadow-float">
      <p role="status" className={cn("text-sm", wrong > 0 && state.changed ? "text-bad" : "text-muted")}>
        {said}
      </p>
      <Button
        look="primary"
        busy={saving.busy}
        disabled={!state.checking && (!state.valid || idle)}
        onClick={() => void saving.save()}
      >
        {isNew ? t("Create assistant") : t("Save")}
      </Button>
    </div>
  );
}

function DeclaredInFile({ assistant }: { assistant: AssistantView }): ReactNode {
  return (
    <Note tone="accent" className="mb-6">
      <p className="font-medium">{t("This assistant is declared in a file, and is changed there.")}</p>
      <p className="mt-1 text-muted">
        {t("Try changes here, then put the YAML into {file}. A running server notices it at once.", {
          file: assistant.declared_in?.split("/").slice(-2).join("/") ?? t("its file"),
        })}
      </p>
    </Note>
  );
}
