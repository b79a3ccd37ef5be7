/** What is said of an assistant in a few words. */

import type { AssistantSummary, JsonValue } from "@aika/client";
import { t } from "@aika/react/text";

/** Whom an assistant belongs to, as people call them. */
export function ownerWords(owner: string, me: string | null | undefined): string {
  if (owner === me) return t("You");
  if (owner === "operators") return t("The operators");
  if (owner === "local") return t("This machine");
  return nameOf(owner);
}

/** The name of a person or a group without what says which it is. */
export function nameOf(principal: string): string {
  const [kind, ...rest] = principal.split(":");
  const name = rest.join(":");
  if (kind === "key") return t("An API key");
  return name === "" ? principal : name;
}

export function visibilityWords(visibility: AssistantSummary["visibility"]): string {
  if (visibility === "private") return t("Only the owner");
  return visibility === "group" ? t("Some groups") : t("Everyone");
}

/** The link that asks an assistant. */
export function shareLink(id: string): string {
  return `${location.origin}/?assistant=${encodeURIComponent(id)}`;
}

/** The one line that puts an assistant into another page. */
export function widgetLine(reference: string): string {
  const name = reference.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `<script src="${location.origin}/widget.js" data-assistant="${name}" async></script>`;
}

export function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The words of a list, `null` where the list is left open. */
export function wordsOf(value: JsonValue | undefined): readonly string[] | null {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : null;
}

export function mappingOf(value: JsonValue | undefined): Readonly<Record<string, JsonValue>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonValue>>)
    : {};
}
