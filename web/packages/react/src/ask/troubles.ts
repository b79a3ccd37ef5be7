/** What can go wrong on the way to an answer, in words. */

import { AikaError } from "@aika/client";
import { t } from "../text/index.ts";
import type { Trouble } from "./exchange.ts";

export function stoppedEarly(): Trouble {
  return { title: t("Stopped"), detail: "" };
}

export function cutOff(): Trouble {
  return {
    title: t("The connection was lost"),
    detail: t("The answer may have been finished without you. Reconnect to see it."),
  };
}

/** What keeps somebody from asking who was signed in until now. */
interface SignedOut extends Trouble {
  readonly signedOut: true;
}

export function troubleOf(error: unknown): Trouble | SignedOut {
  if (statusOf(error) === 401) {
    return {
      title: t("You have been signed out"),
      detail: t("Sign in again to go on. Your question is kept."),
      signedOut: true,
    };
  }
  if (error instanceof AikaError && error.status === 429) {
    return { title: t("One thing after the other"), detail: error.message };
  }
  if (error instanceof AikaError) return { title: error.title, detail: error.message };
  if (error instanceof SyntaxError) {
    return {
      title: t("The answer cannot be read"),
      detail: t("The server sent what this page does not know. Reload the page."),
    };
  }
  throw error;
}

/** Whether signing in again is what helps. */
export function isSignedOut(trouble: Trouble): trouble is SignedOut {
  return "signedOut" in trouble;
}

/** Whether an error means that the connection broke, and not that something was refused. */
export function isBroken(error: unknown): boolean {
  return (
    error instanceof TypeError || error instanceof DOMException || (error instanceof AikaError && error.status === 0)
  );
}

export function statusOf(error: unknown): number {
  return error instanceof AikaError ? error.status : 0;
}

/** Waits a while, or until the browser says that it is online again. */
export function online(wait: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      globalThis.removeEventListener?.("online", done);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, wait);
    globalThis.addEventListener?.("online", done);
  });
}
