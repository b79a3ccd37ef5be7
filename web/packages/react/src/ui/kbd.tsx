import type { ReactNode } from "react";
import { cn } from "./classes.ts";

const MAC = typeof navigator !== "undefined" && navigator.userAgent.includes("Mac");
const SIGNS: Readonly<Record<string, string>> = {
  mod: MAC ? "⌘" : "Ctrl",
  shift: MAC ? "⇧" : "Shift",
  alt: MAC ? "⌥" : "Alt",
  enter: "↵",
  esc: "Esc",
  up: "↑",
  down: "↓",
};

/** Keys to press, joined by `+`: `mod+k`. `mod` is Command on a Mac and Ctrl elsewhere. */
export function Kbd({ keys, inverted = false }: { keys: string; inverted?: boolean }): ReactNode {
  return (
    <span className="inline-flex gap-0.5">
      {keys.split("+").map((key) => (
        <kbd
          key={key}
          className={cn(
            "inline-flex h-5 min-w-5 items-center justify-center rounded border px-1 font-sans text-[0.6875rem] leading-none",
            inverted ? "border-canvas/30 text-canvas" : "border-line bg-sunken text-muted",
          )}
        >
          {SIGNS[key] ?? key.toUpperCase()}
        </kbd>
      ))}
    </span>
  );
}
