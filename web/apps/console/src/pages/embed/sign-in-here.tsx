import { type Aika, AikaError } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { Button } from "@aika/react/ui";
import { ExternalLink, LogIn } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";

const EVERY = 2_000;
const AT_MOST = 5 * 60_000;
/** After this long, somebody who has signed in wonders why nothing happens. */
const LONG = 15_000;
const POPUP = "popup,width=520,height=680";

/**
 * Signing in happens in a window of its own: identity providers refuse to be framed.
 *
 * A browser sends the session to a frame only on a page of the same site. Where it does not, that is said, with a way on.
 */
export function SignInHere({ assistant, onSignedIn }: { assistant: string | null; onSignedIn: () => void }): ReactNode {
  const [since, setSince] = useState<number | null>(null);
  const [returned, setReturned] = useState(false);
  const aika = useAika();
  const done = useRef(onSignedIn);
  done.current = onSignedIn;
  useEffect(() => {
    if (since === null) return;
    const look = async () => {
      if (Date.now() - since > AT_MOST) return false;
      const known = await isSignedIn(aika);
      if (known) done.current();
      return known;
    };
    const timer = setInterval(() => void look(), EVERY);
    const onFocus = () => void look().then((known) => setReturned(!known));
    const wondering = setTimeout(() => setReturned(true), LONG);
    addEventListener("focus", onFocus);
    return () => {
      clearInterval(timer);
      clearTimeout(wondering);
      removeEventListener("focus", onFocus);
    };
  }, [since, aika]);
  const open = () => {
    window.open(`/sign-in?then=${encodeURIComponent("/embed?signed-in")}`, "aika-sign-in", POPUP);
    setSince(Date.now());
  };
  const elsewhere = assistant === null ? "/" : `/?assistant=${encodeURIComponent(assistant)}`;
  return (
    <div className="flex flex-col items-center gap-3 text-center">
      <img src="/icon.svg" alt="" width="44" height="44" />
      <h1 className="text-lg font-semibold">{t("Ask aika")}</h1>
      <p className="max-w-72 text-sm text-balance text-muted">
        {t("Sign in, so that the answers come from what you may read.")}
      </p>
      <Button look="primary" size="large" className="mt-2" onClick={open}>
        <LogIn aria-hidden="true" />
        {t("Sign in")}
      </Button>
      <div role="status" className="mt-2 max-w-80 text-sm text-balance text-muted">
        {since !== null && !returned && t("Sign in in the window that opened. It goes on here by itself.")}
        {since !== null &&
          returned &&
          t(
            "Signed in, and nothing happens here? Then this page is on another site, and your browser does not tell aika who you are. Ask in a tab of its own.",
          )}
      </div>
      <Button look="quiet" asChild>
        <a href={elsewhere} target="_blank" rel="noopener">
          <ExternalLink aria-hidden="true" />
          {t("Open aika in a tab")}
        </a>
      </Button>
    </div>
  );
}

async function isSignedIn(aika: Aika): Promise<boolean> {
  try {
    await aika.GET("/v1/me");
    return true;
  } catch (error) {
    if (error instanceof AikaError) return false;
    throw error;
  }
}

/** What the window says in which somebody signed in. */
export function SignedIn(): ReactNode {
  useEffect(() => window.close(), []);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-2 p-6 text-center">
      <title>{t("Signed in")}</title>
      <h1 className="text-lg font-semibold">{t("You are signed in")}</h1>
      <p className="text-sm text-muted">{t("Close this window, and go on where you were.")}</p>
    </main>
  );
}
