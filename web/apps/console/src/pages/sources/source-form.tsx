import type { ConnectorView } from "@aika/client";
import { formatDuration, t } from "@aika/react/text";
import { Field, Input, Note, Select, Textarea } from "@aika/react/ui";
import { type ReactNode, useMemo } from "react";
import { type Draft, nameFrom } from "./draft.ts";
import { PrincipalsInput } from "./principals-input.tsx";
import { ReadersPicker } from "./readers-picker.tsx";
import { fieldsOf, type OptionField, type Values } from "./schema.ts";
import { SchemaFields } from "./schema-fields.tsx";
import { SecretInput } from "./secret-input.tsx";

export interface SourceFormProps {
  readonly connector: ConnectorView;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly problems: ReadonlyMap<string, string>;
  /** The fields that may be changed; all where this is unset. */
  readonly allowed?: readonly string[];
  /** Whether the source has its name already. */
  readonly named?: boolean;
}

/** Everything that a source's file can say, the usual first. */
export function SourceForm({
  connector,
  draft,
  onChange,
  problems,
  allowed,
  named = false,
}: SourceFormProps): ReactNode {
  const may = (field: string) => allowed === undefined || allowed.includes(field);
  const set = (more: Partial<Draft>) => onChange({ ...draft, ...more });
  return (
    <div className="flex flex-col gap-10">
      <Part title={t("What it is")}>
        {!named && (
          <Field
            label={t("Name")}
            help={t("Lower-case letters, digits, “-” and “_”. It cannot be changed later.")}
            problem={problems.get("id")}
          >
            <Input
              value={draft.id}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => set({ id: nameFrom(event.target.value) })}
            />
          </Field>
        )}
        <Field label={t("Purpose")} help={t("What is in it and what it is for, in a sentence.")} optional>
          <Textarea
            value={draft.purpose}
            rows={2}
            disabled={!may("purpose")}
            className="min-h-16"
            onChange={(event) => set({ purpose: event.target.value })}
          />
        </Field>
      </Part>
      <OptionsPart
        connector={connector}
        values={draft.options}
        onChange={(options) => set({ options })}
        problems={problems}
        disabled={!may("options")}
      />
      <Part title={t("Who may read, and whom to ask")}>
        <ReadersPicker
          readers={draft.readers}
          onChange={(readers) => set({ readers })}
          knowsReaders={connector.knows_readers}
          problem={problems.get("readers")}
          disabled={!may("readers")}
        />
        <div className="grid gap-5 sm:grid-cols-2">
          <Field
            label={t("Owner")}
            help={t("Answers for documents that name no owner.")}
            problem={problems.get("owner")}
            optional
          >
            <Input
              value={draft.owner}
              disabled={!may("owner")}
              onChange={(event) => set({ owner: event.target.value })}
            />
          </Field>
          <Field
            label={t("Contact")}
            help={t("A channel, an address or a link.")}
            problem={problems.get("contact")}
            optional
          >
            <Input
              value={draft.contact}
              placeholder={t("#ask-platform")}
              disabled={!may("contact")}
              onChange={(event) => set({ contact: event.target.value })}
            />
          </Field>
        </div>
        <Field
          label={t("Managers")}
          help={t(
            "Who may sync it and change its purpose, owner and schedule, beside operators. It is no right to read.",
          )}
          problem={problems.get("managers")}
          optional
        >
          <PrincipalsInput
            value={draft.managers}
            disabled={!may("managers")}
            onChange={(managers) => set({ managers })}
          />
        </Field>
      </Part>
      <Part title={t("How current it is kept")}>
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label={t("Synced by itself")} problem={problems.get("refresh")}>
            <SpanSelect
              value={draft.refresh}
              spans={["5m", "15m", "1h", "6h", "1d"]}
              never={t("never")}
              say={(span) => t("every {span}", { span })}
              disabled={!may("refresh")}
              onChange={(refresh) => set({ refresh })}
            />
          </Field>
          <Field
            label={t("May lag behind at most")}
            help={t("What you promise its readers. aika says when it is broken.")}
            problem={problems.get("promise")}
          >
            <SpanSelect
              value={draft.promise}
              spans={["1h", "6h", "1d", "1w"]}
              never={t("no promise")}
              say={(span) => span}
              disabled={!may("promise")}
              onChange={(promise) => set({ promise })}
            />
          </Field>
        </div>
        <details>
          <summary className="w-fit cursor-pointer text-sm text-muted hover:text-ink">
            {t("Notified of changes")}
          </summary>
          <Field
            className="mt-4"
            label={t("Secret of its webhook")}
            help={t("A signed request to /v1/hooks/{source} starts a sync.", { source: draft.id || "NAME" })}
            problem={problems.get("webhook_secret")}
            optional
          >
            <SecretInput
              value={draft.webhookSecret}
              disabled={!may("webhook_secret")}
              onChange={(webhookSecret) => set({ webhookSecret })}
            />
          </Field>
        </details>
      </Part>
    </div>
  );
}

function OptionsPart({
  connector,
  values,
  onChange,
  problems,
  disabled,
}: {
  connector: ConnectorView;
  values: Values;
  onChange: (values: Values) => void;
  problems: ReadonlyMap<string, string>;
  disabled: boolean;
}) {
  const [first, more] = useSplit(connector);
  if (first.length + more.length === 0) return null;
  const shared = { values, onChange, problems, path: "options", disabled };
  const hidden = more.some((field) => [...problems.keys()].some((place) => place.startsWith(`options.${field.name}`)));
  return (
    <Part title={t("Where it is")}>
      {problems.has("options") && <Note tone="bad">{problems.get("options")}</Note>}
      <SchemaFields fields={first} {...shared} />
      {more.length > 0 && (
        <details {...(hidden ? { open: true } : {})}>
          <summary className="w-fit cursor-pointer text-sm text-muted hover:text-ink">
            {t("{n, plural, one {# more setting} other {# more settings}}", { n: more.length })}
          </summary>
          <div className="mt-5 flex flex-col gap-5">
            <SchemaFields fields={more} {...shared} />
          </div>
        </details>
      )}
    </Part>
  );
}

/** The fields that nearly everybody sets, in their order, and the others. */
function useSplit(connector: ConnectorView): readonly [OptionField[], OptionField[]] {
  return useMemo(() => {
    const all = optionFields(connector);
    const first = connector.first.flatMap((name) => all.filter((field) => field.name === name));
    const asked = [...first, ...all.filter((field) => field.required && !first.includes(field))];
    return [asked, all.filter((field) => !asked.includes(field))];
  }, [connector]);
}

export function optionFields(connector: ConnectorView): OptionField[] {
  return fieldsOf(connector.options as Values);
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-5">
      <h2 className="text-base font-semibold">{title}</h2>
      {children}
    </section>
  );
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

function SpanSelect({
  value,
  spans,
  never,
  say,
  onChange,
  disabled,
}: {
  value: string;
  spans: readonly string[];
  never: string;
  say: (span: string) => string;
  onChange: (value: string) => void;
  disabled: boolean;
}) {
  const offered = value === "" || spans.includes(value) ? spans : [...spans, value];
  return (
    <Select value={value} disabled={disabled} onChange={(event) => onChange(event.target.value)}>
      <option value="">{never}</option>
      {offered.map((span) => (
        <option key={span} value={span}>
          {say(spanWords(span))}
        </option>
      ))}
    </Select>
  );
}

function spanWords(span: string): string {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([smhdw])$/.exec(span) ?? [];
  const size = unit === undefined ? undefined : UNITS[unit];
  return size === undefined ? span : formatDuration(Number(number) * size);
}
