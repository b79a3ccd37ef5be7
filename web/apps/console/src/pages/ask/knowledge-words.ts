import type { KnowledgeView } from "@aika/client";
import { formatList, t } from "@aika/react/text";

/** Returns what an assistant may know, a short line for each kind of restriction. None where it may know everything. */
export function knowledgeWords(knowledge: KnowledgeView): readonly string[] {
  const lines = [
    line(knowledge.sources, (list) => t("Sources: {list}", { list })),
    line(knowledge.kinds, (list) => t("Kinds: {list}", { list })),
    line(knowledge.owners, (list) => t("Owners: {list}", { list })),
    line(knowledge.tags, (list) => t("Tags: {list}", { list })),
    line(knowledge.paths, (list) => t("Paths: {list}", { list })),
    line(knowledge.status, (list) => t("Status: {list}", { list })),
    line(knowledge.audience, (list) => t("Audience: {list}", { list })),
    knowledge.topic ? t("A topic learned from examples") : null,
    knowledge.excluding.length > 0
      ? t("{n, plural, one {One exception} other {# exceptions}}", { n: knowledge.excluding.length })
      : null,
  ];
  return lines.filter((one) => one !== null);
}

function line(names: readonly string[] | null, words: (list: string) => string): string | null {
  if (names === null) return null;
  return words(names.length === 0 ? t("none that you may read") : formatList(names));
}
