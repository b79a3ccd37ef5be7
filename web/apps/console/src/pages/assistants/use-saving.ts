import { AikaError, type AssistantRequest, type AssistantView } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { toast, toastError } from "@aika/react/ui";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { DraftStore } from "./draft-store.ts";

export interface Saving {
  readonly busy: boolean;
  /** Whether the page may be left: what was to be saved is saved. */
  readonly done: boolean;
  readonly save: () => Promise<void>;
  /** What somebody else made of it meanwhile. */
  readonly theirs: AssistantView | null;
  /** Save all the same, over what they did. */
  readonly overwrite: () => Promise<void>;
  /** Go on with what they made of it. */
  readonly takeTheirs: () => void;
  readonly dismiss: () => void;
}

/** Keeps a draft, and notices that somebody else was faster. */
export function useSaving(store: DraftStore, assistant: AssistantView | null): Saving {
  const aika = useAika();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [theirs, setTheirs] = useState<AssistantView | null>(null);
  const [version, setVersion] = useState(assistant?.version ?? null);

  const send = async (known: number | null) => {
    const state = await store.settle();
    if (!state.valid) return;
    const body = { ...state.values, yaml: state.yaml } as unknown as AssistantRequest;
    if (assistant === null) {
      const { data } = await aika.POST("/v1/assistants", { body });
      if (data === undefined) return;
      setDone(true);
      toast(t("{name} was created.", { name: data.name }));
      await queries.invalidateQueries({ queryKey: ["assistants"] });
      await navigate(`/?assistant=${encodeURIComponent(data.id)}`);
      return;
    }
    const { data } = await aika.PUT("/v1/assistants/{id}", {
      params: { path: { id: assistant.id }, header: { "if-match": `"${known}"` } },
      body,
    });
    if (data === undefined) return;
    setVersion(data.version);
    store.saved(state.yaml);
    toast(t("Saved."));
    await queries.invalidateQueries({ queryKey: ["assistants"] });
  };

  const attempt = async (known: number | null) => {
    setBusy(true);
    try {
      await send(known);
    } catch (error) {
      if (!(error instanceof AikaError) || error.status !== 409 || assistant === null) toastError(error);
      else await lookAt(error);
    } finally {
      setBusy(false);
    }
  };

  /** Tell a change by somebody else from a name that is taken. */
  const lookAt = async (refusal: AikaError) => {
    const { data } = await aika.GET("/v1/assistants/{id}", { params: { path: { id: assistant?.id ?? "" } } });
    if (data !== undefined && data.version !== version) setTheirs(data);
    else toastError(refusal);
  };

  return {
    busy,
    done,
    save: () => attempt(version),
    theirs,
    overwrite: async () => {
      const known = theirs?.version ?? null;
      setTheirs(null);
      await attempt(known);
    },
    takeTheirs: () => {
      setTheirs(null);
      setDone(true);
      void queries.resetQueries({ queryKey: ["assistants", "edit"] });
    },
    dismiss: () => setTheirs(null),
  };
}
