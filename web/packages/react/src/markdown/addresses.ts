/** Which addresses an answer may link to: those of the documents that it cites. */

/** Returns the address without its fragment, in one spelling, or null where it is none that a page may open. */
export function pageOf(address: string | null | undefined): string | null {
  if (!address) return null;
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return null; // relative and broken addresses lead nowhere a document lives
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  if (url.username || url.password) return null; // shows one host and opens another
  url.hash = "";
  return url.href.replace(/\/$/, "");
}

export function pagesOf(addresses: Iterable<string | null | undefined>): ReadonlySet<string> {
  const pages = new Set<string>();
  for (const address of addresses) {
    const page = pageOf(address);
    if (page !== null) pages.add(page);
  }
  return pages;
}

/** Returns the address if it may be followed, and null otherwise. */
export function allowedAddress(address: string | undefined, pages: ReadonlySet<string>): string | null {
  const page = pageOf(address);
  return page !== null && pages.has(page) && address !== undefined ? address : null;
}
