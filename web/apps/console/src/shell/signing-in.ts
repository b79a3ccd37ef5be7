import { AikaError } from "@aika/client";
import type { QueryClient } from "@tanstack/react-query";

const PAGE = "/sign-in";
/** Pages that say themselves what there is to do. Within somebody else's page, signing in needs a window of its own. */
const OUTSIDE: readonly string[] = [PAGE, "/signed-out", "/embed"];

/** Where one signs in, and comes back from to where one is now. `again` is for who was signed in until now. */
export function signInPlace(place: { pathname: string; search: string }, again: boolean): string {
  const said = new URLSearchParams([["then", `${place.pathname}${place.search}`]]);
  if (again) said.set("again", "yes");
  return `${PAGE}?${said}`;
}

/** Go and sign in where the server says that one has to; return whether it does. */
export function signInWhereNeeded(error: unknown, queries: QueryClient): boolean {
  if (!(error instanceof AikaError) || error.status !== 401 || OUTSIDE.includes(location.pathname)) return false;
  location.assign(signInPlace(location, queries.getQueryData(["me"]) !== undefined));
  return true;
}
