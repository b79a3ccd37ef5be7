/** Questions that were begun and not yet asked. They survive a reload, on this device only. */

const PREFIX = "aika.draft.";
const LONGEST = 20_000;

export function draftOf(key: string): string {
  try {
    return localStorage.getItem(PREFIX + key) ?? "";
  } catch {
    return ""; // storage is switched off: then nothing survives, and nothing else breaks
  }
}

export function keepDraft(key: string, text: string): void {
  try {
    if (text.trim() === "") localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, text.slice(0, LONGEST));
  } catch {
    // Storage is full or switched off: the draft lives as long as the page.
  }
}
