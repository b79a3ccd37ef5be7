import { AikaError } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { ErrorNote, Loading } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { useSearchParams } from "react-router";
import { Compact } from "./compact.tsx";
import { useClosedByEscape } from "./host-page.ts";
import { SignedIn, SignInHere } from "./sign-in-here.tsx";

/** Asking in a frame of another page: `/embed?assistant=…`, which the widget opens. */
export default function Embed(): ReactNode {
  const aika = useAika();
  const [search] = useSearchParams();
  useClosedByEscape();
  useTheme(search.get("theme"));
  const me = useQuery({
    queryKey: ["me", "embedded"],
    queryFn: async () => (await aika.GET("/v1/me")).data,
    retry: false,
  });
  if (search.has("signed-in")) return <SignedIn />;
  if (me.isPending) return <Frame>{<Loading rows={3} />}</Frame>;
  if (me.error instanceof AikaError && me.error.status === 401) {
    return (
      <Frame>
        <SignInHere assistant={search.get("assistant")} onSignedIn={() => void me.refetch()} />
      </Frame>
    );
  }
  if (me.isError) {
    return (
      <Frame>
        <ErrorNote error={me.error} retry={() => void me.refetch()} />
      </Frame>
    );
  }
  return <Compact wanted={search.get("assistant")} />;
}

function Frame({ children }: { children: ReactNode }): ReactNode {
  return (
    <main className="flex min-h-dvh flex-col justify-center p-6">
      <title>{t("Ask aika")}</title>
      {children}
    </main>
  );
}

/** The page around it may be dark where the system is light: then it says so. */
function useTheme(theme: string | null): void {
  useEffect(() => {
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  }, [theme]);
}
