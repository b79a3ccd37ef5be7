/** What the page says that shows this one in a frame, and what it is told. */

import { useEffect, useRef } from "react";

/** Whether this page is shown in another one. */
export function isFramed(): boolean {
  return window.parent !== window;
}

/** Ask the page around this one to close it. There is nothing in the message that nobody else may read. */
export function askToClose(): void {
  if (isFramed()) window.parent.postMessage({ aika: "close" }, "*");
}

/** Call back whenever the page around this one shows it. */
export function useShown(onShown: () => void): void {
  const latest = useRef(onShown);
  latest.current = onShown;
  useEffect(() => {
    const onMessage = (event: MessageEvent<unknown>) => {
      // Which pages may be around this one is up to the policy that it came with.
      if (isFramed() && event.source === window.parent && isShown(event.data)) latest.current();
    };
    addEventListener("message", onMessage);
    return () => removeEventListener("message", onMessage);
  }, []);
}

/** Escape closes the frame, unless something in it is open and closes first. */
export function useClosedByEscape(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (document.querySelector("[role=dialog],[role=menu]") === null) askToClose();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

function isShown(data: unknown): boolean {
  return typeof data === "object" && data !== null && "aika" in data && data.aika === "shown";
}
