/** Where a document can be edited at its origin, for the hosts whose addresses say it. */
export function editAddress(url: string | null): string | null {
  if (url === null) return null;
  const address = URL.parse(url);
  if (address === null || address.protocol !== "https:") return null;
  const path = address.pathname;
  if (/^\/[^/]+\/[^/]+\/blob\//.test(path)) return `${address.origin}${path.replace("/blob/", "/edit/")}`;
  if (path.includes("/-/blob/")) return `${address.origin}${path.replace("/-/blob/", "/-/edit/")}`;
  const page = /\/wiki\/spaces\/([^/]+)\/pages\/(\d+)/.exec(path);
  if (page !== null) return `${address.origin}/wiki/spaces/${page[1]}/pages/edit-v2/${page[2]}`;
  return null;
}
