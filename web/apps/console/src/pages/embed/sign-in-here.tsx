import { t } from "@aika/react/text";
import { Button } from "@aika/react/ui";
import { ExternalLink, LogIn } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";

const EVERY = 2_000;
const AT_MOST = 5 * 60_000;
const POPUP = "popup,width=520,height=680";

/**
 * Signing in happens in a window of its own: identity providers refuse to be framed.
 *
 * A browser sends the session to a frame only on a page of the same site. Where it does not, that is said, with a way on.
 */
export function SignInHere({ assistant, onBack }: { assistant: string | null; onBack: () => void }): ReactNode {
  const [since, setSince] = useState<number | null>(null);
  const [returned, setReturned] = useState(false);
  const back = useRef(onBack);
  back.current = onBack;
  useEffect(() => {
    if (since === null) return;
    const look = () => {
      if (Date.now() - since < AT_MOST) back.current();
    };
    const timer = setInterval(look, EVERY);
    const onFocus = () => {
      setReturned(true);
      look();
    };
    addEventListener("focus", onFocus);
    return () => {
      clearInterval(timer);
      removeEventListener("focus", onFocus);
    };
  }, [since]);
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
            "Your browser does not tell aika here who you are, if this page is on another site. Ask in a tab of its own.",
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
