import type { NamedDraft, SourceDraft, SourceSettingsView } from "@aika/client";
import { chosen, type Json, type OptionField, type Values } from "./schema.ts";

/** A source as the form has it. Empty texts are fields that nobody filled in. */
export interface Draft {
  readonly id: string;
  readonly connector: string;
  readonly options: Values;
  readonly purpose: string;
  readonly owner: string;
  readonly contact: string;
  /** `null`: as the connector tells, else nobody. */
  readonly readers: readonly string[] | null;
  readonly managers: readonly string[];
  readonly refresh: string;
  readonly promise: string;
  readonly webhookSecret: string;
  readonly rules: readonly { [name: string]: Json }[];
}

export function newDraft(connector: string, knowsReaders: boolean): Draft {
  return {
    id: "",
    connector,
    options: {},
    purpose: "",
    owner: "",
    contact: "",
    readers: knowsReaders || connector === "push" ? null : ["everyone"],
    managers: [],
    refresh: connector === "push" ? "" : "1h",
    promise: "",
    webhookSecret: "",
    rules: [],
  };
}

export function draftOf(view: SourceSettingsView): Draft {
  const { settings } = view;
  return {
    id: view.id,
    connector: settings.connector,
    options: settings.options as Values,
    purpose: settings.purpose ?? "",
    owner: settings.owner ?? "",
    contact: settings.contact ?? "",
    readers: settings.readers ?? null,
    managers: settings.managers ?? [],
    refresh: settings.refresh ?? "",
    promise: settings.promise ?? "",
    webhookSecret: settings.webhook_secret ?? "",
    rules: (settings.rules ?? []) as Draft["rules"],
  };
}

/** What the server is sent: without what nobody filled in. */
export function settingsOf(draft: Draft, fields: readonly OptionField[]): SourceDraft {
  return {
    connector: draft.connector,
    options: chosen(fields, draft.options) as SourceDraft["options"],
    purpose: textOf(draft.purpose),
    owner: textOf(draft.owner),
    contact: textOf(draft.contact),
    readers: draft.readers === null ? null : draft.readers.filter((one) => one.trim() !== ""),
    managers: listOf(draft.managers),
    refresh: textOf(draft.refresh),
    promise: textOf(draft.promise),
    webhook_secret: textOf(draft.webhookSecret),
    rules: draft.rules.length === 0 ? null : ([...draft.rules] as SourceDraft["rules"]),
  };
}

export function namedDraft(draft: Draft, fields: readonly OptionField[]): NamedDraft {
  return { id: draft.id.trim(), ...settingsOf(draft, fields) };
}

/** A name for a source that can be its file's: "Our Handbook" is `our-handbook`. */
export function nameFrom(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[-_]+/, "")
    .slice(0, 63);
}

function textOf(text: string): string | null {
  return text.trim() === "" ? null : text.trim();
}

function listOf(items: readonly string[]): string[] | null {
  const given = items.map((item) => item.trim()).filter((item) => item !== "");
  return given.length === 0 ? null : given;
}
