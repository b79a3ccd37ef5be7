import { AikaError, type ConnectorView } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, ErrorNote, toast } from "@aika/react/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Eye, PlugZap } from "lucide-react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { type Draft, namedDraft, newDraft } from "./draft.ts";
import { LookPanel } from "./look-panel.tsx";
import { problemMap, problemsOf } from "./problem-map.ts";
import { optionFields, SourceForm } from "./source-form.tsx";
import { useLook } from "./use-look.ts";

/** The form of a new source, with what a look has found beside it. */
export function NewSource({ connector }: { connector: ConnectorView }): ReactNode {
  const [draft, setDraft] = useState<Draft>(() => newDraft(connector.name, connector.knows_readers));
  const fields = useMemo(() => optionFields(connector), [connector]);
  const form = useRef<HTMLFormElement>(null);
  const { look, check, preview, reset } = useLook();
  const save = useSave(draft.id);
  const told = save.error === null ? problemMap(look.check?.problems ?? []) : problemsOf(save.error);
  const sent = () => namedDraft(draft, fields);
  const change = (next: Draft) => {
    setDraft(next);
    save.reset();
    if (look.check !== null || look.error !== null) reset();
  };
  const showProblem = () =>
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
  return (
    <form
      ref={form}
      noValidate
      className="grid items-start gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_minmax(20rem,26rem)]"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(sent(), { onError: showProblem });
      }}
    >
      <SourceForm connector={connector} draft={draft} onChange={change} problems={told} />
      <aside aria-label={t("Check, preview and save")} className="flex flex-col gap-4 lg:sticky lg:top-6">
        <div className="flex flex-wrap gap-2">
          <Button
            busy={look.doing === "checking"}
            onClick={async () => (await check(sent()))?.problems.length !== 0 && showProblem()}
          >
            <PlugZap aria-hidden="true" />
            {t("Check")}
          </Button>
          <Button busy={look.doing === "reading"} onClick={() => void preview(sent())}>
            <Eye aria-hidden="true" />
            {t("Preview")}
          </Button>
          <Button type="submit" look="primary" busy={save.isPending} className="ml-auto">
            {t("Save and sync")}
          </Button>
        </div>
        {save.error !== null && <ErrorNote error={save.error} />}
        <LookPanel look={look} />
      </aside>
    </form>
  );
}

function useSave(id: string) {
  const aika = useAika();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation<void, Error, ReturnType<typeof namedDraft>>({
    mutationFn: async (body) => {
      await aika.POST("/v1/sources", { body });
    },
    onSuccess: async () => {
      toast(t("{source} is saved, and its first sync has begun", { source: id }));
      await queries.invalidateQueries({ queryKey: ["sources"] });
      await queries.invalidateQueries({ queryKey: ["me"] });
      await navigate(`/sources/${encodeURIComponent(id)}`);
    },
    onError: (error) => {
      if (!(error instanceof AikaError)) throw error;
    },
  });
}
