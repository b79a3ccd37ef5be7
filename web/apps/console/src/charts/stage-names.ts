import { t } from "@aika/react/text";

/** What people call a stage of retrieval, or a ranking. */
export function stageName(id: string): string {
  const names: Readonly<Record<string, string>> = {
    lexical: t("Words"),
    dense: t("Meaning"),
    fusion: t("Together"),
    fused: t("Together"),
    hybrid: t("First stage"),
    full: t("Final"),
    final: t("Final"),
    route: t("Routing"),
    titles: t("Titles"),
    rules: t("Rules"),
    rerank: t("Reranker"),
    duplicates: t("Duplicates"),
    diversity: t("Variety"),
    context: t("Context"),
  };
  return names[id] ?? id;
}
