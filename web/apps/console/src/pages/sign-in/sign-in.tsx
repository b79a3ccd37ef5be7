import type { SignInView } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, ErrorNote, Note, Skeleton, Spinner } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Link, useLocation } from "react-router";
import { type Asked, asked, startOf } from "./asked.ts";
import { KeyEntry } from "./key-entry.tsx";
import { ProblemNote } from "./problem-note.tsx";

/** Where people show who they are. */
export default function SignIn(): ReactNode {
  const aika = useAika();
  const { pathname, search } = useLocation();
  const said = asked(search);
  const ways = useQuery({
    queryKey: ["sign-in"],
    queryFn: async () => (await aika.GET("/v1/sign-in")).data,
  });
  return (
    <main className="flex min-h-dvh flex-col items-center bg-canvas px-4 py-12 sm:justify-center sm:pb-[14vh]">
      <title>{`${t("Sign in")} · aika`}</title>
      <img src="/icon.svg" alt="" width="52" height="52" className="mb-6" />
      <h1 className="text-center text-2xl font-semibold tracking-tight text-balance">
        {pathname === "/signed-out" ? t("You have signed out") : t("Sign in to aika")}
      </h1>
      <p className="mt-2 mb-8 max-w-xs text-center text-[0.9375rem] text-balance text-muted">
        {t("Answers from your company's own documents, each with its source.")}
      </p>
      <div className="flex w-full max-w-sm flex-col gap-4">
        {said.problem !== null && (
          <ProblemNote problem={said.problem} provider={ways.data?.provider ?? t("The identity provider")} />
        )}
        <div className="rounded-2xl border border-line bg-surface p-6 shadow-float">
          {ways.isPending && <Skeleton className="h-11 rounded-lg" />}
          {ways.isError && <ErrorNote error={ways.error} retry={() => void ways.refetch()} />}
          {ways.data !== undefined && <Ways of={ways.data} said={said} />}
        </div>
      </div>
    </main>
  );
}

function Ways({ of: ways, said }: { of: SignInView; said: Asked }): ReactNode {
  if (ways.start != null) return <AtProvider name={ways.provider ?? ""} start={ways.start} said={said} />;
  if (ways.methods.includes("key")) return <KeyEntry place={said.place} />;
  return (
    <div className="flex flex-col gap-5">
      <Note>{t("On this machine there is nothing to sign in to: only its own users reach aika.")}</Note>
      <Button asChild look="primary" size="large" className="w-full">
        <Link to={said.place}>{t("Open aika")}</Link>
      </Button>
    </div>
  );
}

function AtProvider({ name, start, said }: { name: string; start: string; said: Asked }): ReactNode {
  const place = startOf(start, said.place);
  useEffect(() => {
    // The provider knows most people still, and lets them through without a question.
    if (said.again) location.replace(place);
  }, [said.again, place]);
  if (said.again) {
    return (
      <p role="status" className="flex h-11 items-center justify-center gap-3 text-sm text-muted">
        <Spinner />
        {t("Signing you in again with {provider}", { provider: name })}
      </p>
    );
  }
  return (
    <>
      <Button asChild look="primary" size="large" className="w-full">
        <a href={place}>
          {t("Continue with {provider}", { provider: name })}
          <ArrowRight aria-hidden="true" />
        </a>
      </Button>
      <p className="mt-4 text-center text-[0.8125rem] text-balance text-muted">
        {t("You see only what you may read in the sources themselves.")}
      </p>
    </>
  );
}
