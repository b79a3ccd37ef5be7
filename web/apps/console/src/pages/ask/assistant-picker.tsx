import type { AssistantSummary } from "@aika/client";
import { t } from "@aika/react/text";
import { cn, Menu, MenuItem, MenuLabel, MenuSeparator } from "@aika/react/ui";
import { Bot, Check, ChevronDown, Library } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { knowledgeWords } from "./knowledge-words.ts";
import { useAssistants } from "./use-assistants.ts";

const LEVELS = ["own", "group", "public"] as const;

export interface AssistantPickerProps {
  readonly chosen: string | null;
  readonly onChoose: (id: string | null) => void;
}

/** Whom to ask, and what they may know. */
export function AssistantPicker({ chosen, onChoose }: AssistantPickerProps): ReactNode {
  const assistants = useAssistants();
  const current = assistants?.find((assistant) => assistant.id === chosen);
  const known = current === undefined ? [] : knowledgeWords(current.knowledge);
  const Picture = current ? Bot : Library;
  return (
    <>
      <Menu
        align="start"
        trigger={
          <button
            type="button"
            aria-label={t("Ask: {name}", { name: current?.name ?? t("All documents") })}
            className="flex h-9 min-w-0 shrink-0 items-center gap-2 rounded-full px-3 text-[0.8125rem] text-muted transition-colors hover:bg-sunken hover:text-ink"
          >
            <Picture aria-hidden className="size-4 shrink-0" />
            <span className="max-w-44 truncate">{current?.name ?? t("All documents")}</span>
            <ChevronDown aria-hidden className="size-3.5 shrink-0" />
          </button>
        }
      >
        <Choice
          name={t("All documents")}
          purpose={t("Everything that you may read")}
          chosen={chosen === null}
          onChoose={() => onChoose(null)}
        />
        {LEVELS.map((level) => (
          <Level
            key={level}
            level={level}
            assistants={(assistants ?? []).filter((one) => one.level === level && one.fault === null)}
            chosen={chosen}
            onChoose={onChoose}
          />
        ))}
        <MenuSeparator />
        <MenuItem asChild>
          <Link to="/assistants/new">{t("New assistant")}</Link>
        </MenuItem>
      </Menu>
      {known.length > 0 && (
        <span className="hidden min-w-0 truncate text-xs text-faint md:block" title={known.join("\n")}>
          {known.join(" · ")}
        </span>
      )}
    </>
  );
}

function Level({
  level,
  assistants,
  chosen,
  onChoose,
}: {
  level: (typeof LEVELS)[number];
  assistants: readonly AssistantSummary[];
  chosen: string | null;
  onChoose: (id: string) => void;
}) {
  if (assistants.length === 0) return null;
  const words = { own: t("Yours"), group: t("Your groups’"), public: t("Everyone’s") };
  return (
    <>
      <MenuLabel>{words[level]}</MenuLabel>
      {assistants.map((assistant) => (
        <Choice
          key={assistant.id}
          name={assistant.name}
          purpose={assistant.purpose}
          known={knowledgeWords(assistant.knowledge)}
          chosen={chosen === assistant.id}
          onChoose={() => onChoose(assistant.id)}
        />
      ))}
    </>
  );
}

function Choice({
  name,
  purpose,
  known = [],
  chosen,
  onChoose,
}: {
  name: string;
  purpose: string;
  known?: readonly string[];
  chosen: boolean;
  onChoose: () => void;
}) {
  return (
    <MenuItem
      role="menuitemradio"
      aria-checked={chosen}
      onSelect={onChoose}
      textValue={name}
      className="w-[min(22rem,calc(100vw-3rem))] items-start py-2"
    >
      <Check aria-hidden className={cn("mt-0.5", !chosen && "invisible")} />
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{name}</span>
        {purpose && <span className="block text-[0.8125rem] leading-snug text-muted">{purpose}</span>}
        {known.map((line) => (
          <span key={line} className="mt-0.5 line-clamp-2 block text-xs leading-snug break-words text-faint">
            {line}
          </span>
        ))}
      </span>
    </MenuItem>
  );
}
