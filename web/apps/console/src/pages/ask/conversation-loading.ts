/**
 * Brings what shows answers: half of the ask page's code. Its files are fetched when nothing else is, and run once
 * somebody does something, so that the page is ready before, and they are ready before the first answer.
 */

const FIRST_USES = ["keydown", "pointerdown", "paste"] as const;

/** The page's part with the answers. */
export const loadConversation = () => import("./conversation.tsx");

// One after the other between letters, as each takes a slow laptop a tenth of a second.
const PIECES: readonly (() => Promise<unknown>)[] = [
  () => import("./piece-markdown.ts"),
  () => import("./piece-thread.ts"),
  loadConversation,
];

let begun = false;

/** Fetch it when the page has loaded, and run it, piece by piece, from the first key or click on. Returns what gives that up. */
export function loadOnFirstUse(): () => void {
  if (begun) return () => {};
  if (document.readyState === "complete") void fetchNext();
  else addEventListener("load", fetchNext, { once: true });
  const stop = () => {
    for (const use of FIRST_USES) removeEventListener(use, start, true);
  };
  const start = () => {
    stop();
    begun = true;
    void loadPieces();
  };
  for (const use of FIRST_USES) addEventListener(use, start, { capture: true, passive: true });
  return stop;
}

/** The build names the files. Fetched as links, they wait in the browser's cache and cost the page no work. */
async function fetchNext(): Promise<void> {
  await idle();
  const next = document.querySelector<HTMLTemplateElement>("template#next");
  if (next === null) return;
  document.head.append(next.content);
  next.remove();
}

async function loadPieces(): Promise<void> {
  await painted();
  for (const load of PIECES) {
    await idle();
    await load();
  }
}

/** The letter that was typed is on the screen, or what was clicked has answered. */
function painted(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(() => resolve(), { timeout: 1000 });
    else setTimeout(resolve, 50);
  });
}
