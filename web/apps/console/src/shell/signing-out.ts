import type { Aika } from "@aika/client";

/** End the session, and go where the identity provider wants one to go to sign out there too. */
export async function signOut(aika: Aika): Promise<void> {
  const { data } = await aika.POST("/v1/sign-out", { body: {} });
  location.assign(data?.url ?? "/signed-out");
}
