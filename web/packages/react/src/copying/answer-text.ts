/** An answer to take along: as plain words, or as Markdown with its sources. */

import type { ChatCompletion, CitationView } from "@aika/client";
import { formatDate, t } from "../text/index.ts";

/** Returns the words alone: no markup, no footnote numbers. */
export function plainText(markdown: string): string {
  const parts = markdown.split(/(```[\s\S]*?(?:```|$))/);
  return parts
    .map((part) => (part.startsWith("```") ? part.replace(/^```[^\n]*\n?|\n?```$/g, "") : withoutMarkup(part)))
    .join("")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function withoutMarkup(text: string): string {
  return text
    .replace(/[ \u00a0]?\[\d{1,3}\]/g, "")
    .replace(/^#{1,6}\s+/gm, "")
    .replace(/^(\s*)[*+-]\s+/gm, "$1• ")
    .replace(/^>\s?/gm, "")
    .replace(/^\|?[ :|-]+\|[ :|-]*$\n?/gm, "")
    .replace(/^\|\s?(.*?)\s?\|\s*$/gm, (_, row: string) => row.split(/\s*\|\s*/).join("\t"))
    .replace(/!?\[([^\]]*)\]\(([^)\s]*)[^)]*\)/g, (_, label: string, url: string) =>
      label === url ? url : `${label} (${url})`,
    )
    .replace(/(\*\*|__)(?=\S)([\s\S]*?\S)\1/g, "$2")
    .replace(/(?<![\w*])\*(?=\S)([^*\n]*?\S)\*(?![\w*])/g, "$1")
    .replace(/`([^`]+)`/g, "$1");
}

/** Returns Markdown with the question, the answer and its sources as a list by number. */
export function markdownWithSources(completion: ChatCompletion): string {
  const body = completion.text.trim();
  if (completion.citations.length === 0) return `${body}\n`;
  const sources = [...completion.citations].sort((one, other) => one.marker - other.marker).map(sourceLine);
  return `${body}\n\n**${t("Sources")}**\n\n${sources.join("\n")}\n`;
}

function sourceLine(citation: CitationView): string {
  const { document } = citation;
  const address = citation.url ?? document.url;
  const title = escaped(document.title);
  const linked = address !== null && /^https?:\/\/[^\s<>]+$/.test(address) ? `[${title}](<${address}>)` : title;
  const facts = [
    document.source,
    document.owner?.name,
    document.modified_at === null ? undefined : t("changed {date}", { date: formatDate(document.modified_at) }),
  ].filter((fact) => fact !== undefined);
  const quote = citation.quote.replace(/\s+/g, " ").trim();
  return `${citation.marker}. ${linked} (${facts.map(escaped).join(", ")}): “${quote}”`;
}

function escaped(text: string): string {
  return text.replace(/([\\[\]`*_<>])/g, "\\$1");
}
