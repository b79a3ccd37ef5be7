import { createAika } from "@aika/client";
import { AikaProvider } from "@aika/react";
import { Toasts } from "@aika/react/ui";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { router } from "./routes.tsx";
import { loadLanguage } from "./shell/languages.ts";
import { signInWhereNeeded } from "./shell/signing-in.ts";
import "./app.css";

const place = document.getElementById("app");
if (place === null) throw new Error("index.html has no element with the id 'app'");

// Libraries that add a style sheet of their own mark it with the page's nonce, as the content security policy wants.
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce;
if (nonce) setNonce(nonce);

const onError = (error: unknown) => void signInWhereNeeded(error, queries);
const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: { queries: { staleTime: 15_000, retry: 1, refetchOnWindowFocus: true } },
});

await loadLanguage();

createRoot(place).render(
  <StrictMode>
    <AikaProvider aika={createAika()}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </AikaProvider>
  </StrictMode>,
);
