import { type Catalog, speak } from "@aika/react/text";

const KEY = "aika.language";
const CATALOGS = import.meta.glob<{ default: Catalog }>("../../messages/*.json");
/** Every word between brackets: what stays without them on the screen would escape translation. */
export const PSEUDO = "en-XA";

/** The languages that there are catalogs for, as BCP 47 tags. */
export function languages(): string[] {
  return Object.keys(CATALOGS).map(tagOf).sort();
}

/** The language that was chosen, or the first of the browser's that there is a catalog for. */
export function chosenLanguage(): string {
  const known = languages();
  const stored = storedLanguage();
  const wanted = stored === null ? navigator.languages : [stored];
  const found = wanted
    .flatMap((tag) => [tag, tag.split("-")[0] ?? tag])
    .find((tag) => known.includes(tag) || tag === PSEUDO);
  return found ?? "en";
}

function storedLanguage(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch (error) {
    // Browsers keep storage from a frame in a page of another site: the browser's language it is.
    if (error instanceof DOMException) return null;
    throw error;
  }
}

/** Remember a language, and show the app in it. */
export function chooseLanguage(tag: string): void {
  localStorage.setItem(KEY, tag);
  location.reload();
}

/** Load the language in use before anything is shown. English is in the code already. */
export async function loadLanguage(): Promise<void> {
  const tag = chosenLanguage();
  document.documentElement.lang = tag;
  const load = CATALOGS[`../../messages/${tag === PSEUDO ? "en" : tag}.json`];
  if (tag === "en" || load === undefined) {
    speak(regional(tag), {});
    return;
  }
  const { default: catalog } = await load();
  speak(tag, tag === PSEUDO ? bracketed(catalog) : catalog);
}

function bracketed(catalog: Catalog): Catalog {
  return Object.fromEntries(Object.entries(catalog).map(([message, text]) => [message, `[${text}]`]));
}

/** The reader's own kind of a language, for dates and numbers: `en-GB` where they speak that and the words are `en`. */
function regional(tag: string): string {
  return navigator.languages.find((one) => one === tag || one.startsWith(`${tag}-`)) ?? tag;
}

function tagOf(path: string): string {
  return path.replace(/^.*\//, "").replace(/\.json$/, "");
}
