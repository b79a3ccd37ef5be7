import { useEffect, useRef } from "react";

const SETTING = "aika.single-keys";

/** What to do for keys, by `KeyboardEvent.key`. `undefined`: nothing now. */
export type KeyActions = Readonly<Record<string, (() => void) | undefined>>;

/** Whether single keys are shortcuts. Who dictates turns them off, because words spoken to no field press keys (WCAG 2.1.4). */
export function singleKeysAreOn(): boolean {
  return localStorage.getItem(SETTING) !== "off";
}

export function setSingleKeys(on: boolean): void {
  if (on) localStorage.removeItem(SETTING);
  else localStorage.setItem(SETTING, "off");
}

/** Do something when a key is pressed and nobody is writing, choosing or has something open above the page. */
export function useSingleKeys(actions: KeyActions): void {
  const current = useRef(actions);
  current.current = actions;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isElsewhere(event.target)) return;
      const action = current.current[event.key];
      if (action === undefined || !singleKeysAreOn()) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

function isElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector("[role=dialog], [role=menu]") !== null) return true;
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.closest("input, textarea, select") !== null)
  );
}
