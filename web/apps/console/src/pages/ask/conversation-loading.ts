/**
 * Brings what shows answers: half of the ask page's code. Its files are fetched when nothing else is, and run once
 * somebody does something, so that the page is ready before, and they are ready before the first answer.
 */

const FIRST_USES = ["keydown", "pointerdown", "paste"] as const;

/** The page's part with the answers. */
export const loadConversation = () => import("./conversation.tsx");

/** Without a key for as long as this, nobody waits for a letter. */
const PAUSE_MS = 250;

// One after the other when the keys rest, as each takes a slow laptop a tenth of a second.
const PIECES: readonly (() => Promise<unknown>)[] = [
  () => import("./piece-markdown.ts"),
  () => import("./piece-thread.ts"),
  loadConversation,
];

let begun = false;

/** Fetch it when the page has loaded, and run it, piece by piece, after the first key or click. Returns what gives that up. */
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
  let usedAt = performance.now();
  const onKey = () => {
    usedAt = performance.now();
  };
  const rested = async () => {
    for (let left = PAUSE_MS; left > 0; left = usedAt + PAUSE_MS - performance.now()) await after(left);
  };
  addEventListener("keydown", onKey, { capture: true, passive: true });
  for (const load of PIECES) {
    await rested();
    await idle();
    await load();
  }
  removeEventListener("keydown", onKey, true);
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function idle(): Promise<void> {
  if (!("requestIdleCallback" in globalThis)) return after(50);
  return new Promise((resolve) => requestIdleCallback(() => resolve(), { timeout: 1000 }));
}
