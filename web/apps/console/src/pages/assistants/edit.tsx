import type { Aika, AssistantCheckRequest } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { ErrorNote, Loading, Page } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useParams, useSearchParams } from "react-router";
import { DraftStore } from "./draft-store.ts";
import { Editor, type EditorProps } from "./editor.tsx";

/** Make an assistant, or change one: `/assistants/new`, `/assistants/new?from=ID`, `/assistants/:id/edit`. */
export default function Edit(): ReactNode {
  const { id } = useParams();
  const [search] = useSearchParams();
  const aika = useAika();
  const from = search.get("from");
  const opened = useQuery({
    queryKey: ["assistants", "edit", id ?? null, from],
    queryFn: () => begun(aika, id ?? null, from),
    // What is being written is not read again under the writer's hands.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  if (opened.data !== undefined) return <Editor key={opened.dataUpdatedAt} {...opened.data} />;
  return (
    <Page wide title={id === undefined ? t("New assistant") : t("Assistant")}>
      {opened.isError ? <ErrorNote error={opened.error} retry={() => void opened.refetch()} /> : <Loading rows={8} />}
    </Page>
  );
}

async function begun(aika: Aika, id: string | null, from: string | null): Promise<EditorProps> {
  const [choices, assistant, yaml] = await Promise.all([
    aika.GET("/v1/assistants/form"),
    id === null ? null : aika.GET("/v1/assistants/{id}", { params: { path: { id } } }),
    id === null && from === null ? "" : yamlOf(aika, id ?? from ?? ""),
  ]);
  if (choices.data === undefined) throw new Error(t("The form cannot be shown."));
  const isCopy = id === null && from !== null;
  const start = isCopy ? await renamed(aika, yaml) : yaml;
  const check = async (request: AssistantCheckRequest) => {
    const { data } = await aika.POST("/v1/assistants/check", { body: request });
    if (data === undefined) throw new Error(t("The draft cannot be checked."));
    return data;
  };
  const store = new DraftStore(check, { id, yaml: start, saved: start });
  await store.settle();
  return { choices: choices.data, assistant: assistant?.data ?? null, store, kept: yaml };
}

async function yamlOf(aika: Aika, id: string): Promise<string> {
  const { data } = await aika.GET("/v1/assistants/{id}/yaml", { params: { path: { id } }, parseAs: "text" });
  return data ?? "";
}

/** A copy is another one: it has a name of its own, and is its maker's. */
async function renamed(aika: Aika, yaml: string): Promise<string> {
  const { data } = await aika.POST("/v1/assistants/check", { body: { yaml } });
  const name = typeof data?.values.name === "string" ? data.values.name : "";
  const changes = { name: t("{name}, a copy", { name }).slice(0, 80), owner: null, visibility: null, groups: null };
  const changed = await aika.POST("/v1/assistants/check", { body: { yaml, changes } });
  return changed.data?.yaml ?? yaml;
}
