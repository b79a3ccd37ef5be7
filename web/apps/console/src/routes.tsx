import type { ComponentType } from "react";
import { createBrowserRouter, type RouteObject } from "react-router";
import Ask from "./pages/ask/ask.tsx";
import { NotFound, PageFailed } from "./shell/failures.tsx";
import { Shell } from "./shell/shell.tsx";

type Loaded = Promise<{ default: ComponentType }>;

const page = (path: string, load: () => Loaded): RouteObject => ({
  path,
  ErrorBoundary: PageFailed,
  // The frame stands while the first page's chunk is on its way.
  HydrateFallback: () => null,
  lazy: async () => ({ Component: (await load()).default }),
});

/** Every page of the app, each a chunk of its own. */
export const router = createBrowserRouter([
  page("/sign-in", () => import("./pages/sign-in/sign-in.tsx")),
  page("/signed-out", () => import("./pages/sign-in/sign-in.tsx")),
  page("/embed", () => import("./pages/embed/embed.tsx")),
  {
    Component: Shell,
    ErrorBoundary: PageFailed,
    children: [
      // Most people come here first, so that it comes with the frame.
      { path: "/", ErrorBoundary: PageFailed, Component: Ask },
      { path: "/c/:id", ErrorBoundary: PageFailed, Component: Ask },
      page("/s/:token", () => import("./pages/ask/shared.tsx")),
      page("/assistants", () => import("./pages/assistants/assistants.tsx")),
      page("/assistants/new", () => import("./pages/assistants/edit.tsx")),
      page("/assistants/:id/edit", () => import("./pages/assistants/edit.tsx")),
      page("/sources", () => import("./pages/sources/sources.tsx")),
      page("/sources/new", () => import("./pages/sources/add.tsx")),
      page("/sources/:id", () => import("./pages/sources/source.tsx")),
      page("/documents/:id", () => import("./pages/documents/document.tsx")),
      page("/goalies", () => import("./pages/goalies/goalies.tsx")),
      page("/goalies/:name", () => import("./pages/goalies/goalie.tsx")),
      page("/goalies/:name/thresholds", () => import("./pages/goalies/thresholds.tsx")),
      page("/health", () => import("./pages/health/health.tsx")),
      page("/health/findings/:id", () => import("./pages/health/finding.tsx")),
      page("/health/gaps", () => import("./pages/health/gaps.tsx")),
      page("/health/scores", () => import("./pages/health/scores.tsx")),
      page("/insights", () => import("./pages/insights/insights.tsx")),
      page("/evaluation", () => import("./pages/evaluation/evaluation.tsx")),
      page("/evaluation/compare", () => import("./pages/evaluation/compare.tsx")),
      page("/evaluation/:run", () => import("./pages/evaluation/run.tsx")),
      page("/evaluation/:run/:topic", () => import("./pages/evaluation/topic.tsx")),
      page("/settings", () => import("./pages/settings/settings.tsx")),
      { path: "*", Component: NotFound },
    ],
  },
]);
