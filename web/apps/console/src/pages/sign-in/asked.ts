/** What the address of the page says: where one was going, and what happened on the way. */
export interface Asked {
  /** A place in the app. */
  place: string;
  problem: Problem | null;
  /** Whether one was signed in until now, so that nothing has to be explained. */
  again: boolean;
}

const problems = ["expired", "refused", "unverified", "not-allowed", "provider", "unreachable"] as const;

/** Why one is not signed in. */
export type Problem = (typeof problems)[number];

/** Read the address. What could lead elsewhere leads to the first page. */
export function asked(search: string): Asked {
  const said = new URLSearchParams(search);
  const problem = problems.find((one) => one === said.get("problem")) ?? null;
  return {
    place: placeWithin(said.get("then")),
    problem,
    again: said.has("again") && problem === null,
  };
}

/** Where a browser goes to sign in at the provider. */
export function startOf(start: string, place: string): string {
  return `${start}?${new URLSearchParams([["then", place]])}`;
}

function placeWithin(then: string | null): string {
  if (then === null || !then.startsWith("/") || /^\/sign(-in|ed-out)/.test(then)) return "/";
  const place = URL.canParse(then, location.origin) ? new URL(then, location.origin) : null;
  return place?.origin === location.origin ? `${place.pathname}${place.search}${place.hash}` : "/";
}
