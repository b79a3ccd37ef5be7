import { t } from "@aika/react/text";
import { cn, useField } from "@aika/react/ui";
import { X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";

/** Several words: typed one after the other, with Enter or a comma between them. */
export function Tokens({
  words,
  suggestions = [],
  placeholder,
  onChange,
}: {
  words: readonly string[];
  suggestions?: readonly string[];
  placeholder?: string;
  onChange: (words: readonly string[]) => void;
}): ReactNode {
  const [typed, setTyped] = useState("");
  const list = useId();
  const add = (text: string) => {
    const fresh = text
      .split(",")
      .map((word) => word.trim())
      .filter((word) => word !== "" && !words.includes(word));
    if (fresh.length > 0) onChange([...words, ...fresh]);
    setTyped("");
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      add(typed);
    } else if (event.key === "Backspace" && typed === "" && words.length > 0) {
      onChange(words.slice(0, -1));
    }
  };
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-1.5 rounded-lg border border-line-strong/70 bg-surface px-1.5 py-1 focus-within:border-accent focus-within:outline-2 focus-within:outline-accent/40 hover:border-line-strong">
      {words.map((word) => (
        <span key={word} className="inline-flex h-6 max-w-full items-center gap-0.5 rounded-md bg-sunken pl-2 text-xs">
          <span className="truncate">{word}</span>
          <button
            type="button"
            aria-label={t("Remove {word}", { word })}
            onClick={() => onChange(words.filter((one) => one !== word))}
            className="flex size-6 shrink-0 items-center justify-center rounded-md text-muted hover:text-ink"
          >
            <X aria-hidden="true" className="size-3" />
          </button>
        </span>
      ))}
      <input
        {...useField()}
        value={typed}
        list={suggestions.length > 0 ? list : undefined}
        placeholder={words.length === 0 ? placeholder : undefined}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={onKey}
        onBlur={() => add(typed)}
        className="h-6 min-w-24 flex-1 bg-transparent px-1.5 text-sm outline-none placeholder:text-faint"
      />
      {suggestions.length > 0 && (
        <datalist id={list}>
          {suggestions
            .filter((word) => !words.includes(word))
            .map((word) => (
              <option key={word} value={word} />
            ))}
        </datalist>
      )}
    </div>
  );
}

/** A choice of several of a few that are all seen at once. None chosen is all of them. */
export function Chips({
  label,
  choices,
  chosen,
  onChange,
}: {
  label: string;
  choices: readonly { value: string; count: number; help?: string }[];
  chosen: readonly string[] | null;
  onChange: (chosen: readonly string[] | null) => void;
}): ReactNode {
  const unknown = (chosen ?? []).filter((one) => !choices.some((choice) => choice.value === one));
  const all = [...choices, ...unknown.map((value) => ({ value, count: 0, help: undefined }))];
  const toggle = (value: string) => {
    const rest = (chosen ?? []).filter((one) => one !== value);
    const next = rest.length === (chosen ?? []).length ? [...rest, value] : rest;
    onChange(next.length === 0 ? null : next);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a wrapping row
    <div role="group" aria-label={label} className="flex flex-wrap gap-1.5">
      {all.map(({ value, count, help }) => {
        const on = chosen?.includes(value) === true;
        return (
          <button
            key={value}
            type="button"
            aria-pressed={on}
            title={help}
            onClick={() => toggle(value)}
            className={cn(
              "inline-flex h-8 max-w-full items-center gap-2 rounded-full border px-3 text-[0.8125rem] transition-colors",
              on
                ? "border-accent bg-accent-soft font-medium text-accent-strong"
                : "border-line bg-surface text-muted hover:border-line-strong hover:text-ink",
            )}
          >
            <span className="truncate">{value}</span>
            <span className={cn("text-xs tabular", on ? "text-accent-strong" : "text-muted")}>{count}</span>
          </button>
        );
      })}
    </div>
  );
}

/** Several sentences, each on its own line. */
export function Lines({
  lines,
  label,
  placeholder,
  most,
  onChange,
}: {
  lines: readonly string[];
  /** What one of them is, for screen readers. */
  label: string;
  placeholder: string;
  most: number;
  onChange: (lines: readonly string[]) => void;
}): ReactNode {
  const shown = lines.length < most ? [...lines, ""] : lines;
  const change = (at: number, text: string) => {
    const next = shown.map((line, position) => (position === at ? text : line));
    onChange(next.filter((line, position) => line !== "" || position < at));
  };
  return (
    <div className="flex flex-col gap-1.5">
      {shown.map((line, at) => (
        <input
          key={at}
          value={line}
          aria-label={t("{label} {n}", { label, n: at + 1 })}
          placeholder={at === lines.length ? placeholder : undefined}
          onChange={(event) => change(at, event.target.value)}
          onBlur={() => onChange(lines.filter((one) => one.trim() !== ""))}
          className="h-9 w-full rounded-lg border border-line-strong/70 bg-surface px-3 text-sm placeholder:text-faint hover:border-line-strong focus:border-accent focus:outline-2 focus:outline-accent/40"
        />
      ))}
    </div>
  );
}
