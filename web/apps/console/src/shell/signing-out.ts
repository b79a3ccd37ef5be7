/** End the session and go to the page for signing in. AUTH's endpoint says where the identity provider wants one to go. */
export async function signOut(): Promise<void> {
  location.assign("/sign-in");
}
