import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark" | "system";

const KEY = "aika.theme";
const listeners = new Set<() => void>();
const darkSystem = () => matchMedia("(prefers-color-scheme: dark)");

/** The theme that was chosen, and how to choose another. `theme.js` sets it before the first paint. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(subscribe, chosen), choose];
}

function chosen(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

function choose(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  apply();
}

function apply(): void {
  const theme = chosen();
  const dark = theme === "dark" || (theme === "system" && darkSystem().matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  const system = darkSystem();
  system.addEventListener("change", apply);
  addEventListener("storage", apply);
  return () => {
    listeners.delete(listener);
    system.removeEventListener("change", apply);
    removeEventListener("storage", apply);
  };
}
