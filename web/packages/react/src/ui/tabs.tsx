import { Tabs as Radix, ToggleGroup } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./classes.ts";

export interface Tab {
  id: string;
  label: ReactNode;
  content: ReactNode;
}

/** Several views of one thing, one of them shown. */
export function Tabs({
  tabs,
  label,
  ...state
}: {
  tabs: readonly Tab[];
  /** What the tabs are views of, for screen readers. */
  label: string;
  value?: string;
  defaultValue?: string;
  onValueChange?: (id: string) => void;
}): ReactNode {
  const first = tabs[0]?.id;
  return (
    <Radix.Root {...(state.value === undefined && first !== undefined ? { defaultValue: first } : {})} {...state}>
      <Radix.List aria-label={label} className="mb-5 flex gap-1 overflow-x-auto border-b">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.id}
            value={tab.id}
            className="-mb-px rounded-t-md border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-muted hover:text-ink focus-visible:-outline-offset-2 data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.id} value={tab.id} className="focus-visible:outline-offset-4">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}

/** A choice of one of two to five, all seen at once. */
export function Segmented<Choice extends string>({
  label,
  choices,
  value,
  onValueChange,
  className,
}: {
  label: string;
  choices: readonly { value: Choice; label: ReactNode }[];
  value: Choice;
  onValueChange: (value: Choice) => void;
  className?: string;
}): ReactNode {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(chosen) => chosen !== "" && onValueChange(chosen as Choice)}
      className={cn("inline-flex rounded-lg bg-sunken p-0.5", className)}
    >
      {choices.map((choice) => (
        <ToggleGroup.Item
          key={choice.value}
          value={choice.value}
          className="h-8 rounded-md px-3 text-sm font-medium whitespace-nowrap text-muted hover:text-ink data-[state=on]:bg-surface data-[state=on]:text-ink data-[state=on]:shadow-sm dark:data-[state=on]:bg-raised"
        >
          {choice.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
