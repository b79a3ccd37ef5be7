import type { Aika } from "@aika/client";
import { createContext, type ReactNode, useContext } from "react";

const AikaContext = createContext<Aika | null>(null);

/** Give the components below it the API that they call. */
export function AikaProvider({ aika, children }: { aika: Aika; children: ReactNode }): ReactNode {
  return <AikaContext value={aika}>{children}</AikaContext>;
}

/** The API given by the `AikaProvider` above. */
export function useAika(): Aika {
  const aika = useContext(AikaContext);
  if (aika === null) throw new Error("useAika needs an <AikaProvider> above it");
  return aika;
}
