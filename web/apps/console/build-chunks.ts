import type { HtmlTagDescriptor, IndexHtmlTransformContext, Plugin } from "vite";

const LIBRARIES =
  /node_modules\/(?:react|react-dom|scheduler|react-router|@tanstack|lucide-react|radix-ui|@radix-ui|@floating-ui|clsx|class-variance-authority|eventsource-parser|openapi-fetch|get-nonce|react-remove-scroll|react-remove-scroll-bar|react-style-singleton|use-callback-ref|use-sidecar|aria-hidden|tslib)\//;
/** What shows answers: what the ask page wants next. */
const NEXT = /src\/pages\/ask\/(?:conversation|piece-\w+)\.tsx?$/;

/**
 * Few files: each request costs a slow laptop more than its bytes do. What every page begins with is in two, one of which stays
 * the same from release to release; what several pages share of the kit and of the pictures is in a few.
 */
export const CHUNKS = [
  { name: "libraries", test: LIBRARIES, tags: ["$initial" as const], priority: 3 },
  {
    name: "frame",
    test: /(?:apps\/console\/src\/(?!main|sandbox)|packages\/(?:client|react\/src\/(?!diagram)))/,
    tags: ["$initial" as const],
    priority: 2,
  },
  { name: "kit", test: /packages\/react\/src\/(?:ui|text)\/(?!toast-list)/, priority: 1 },
  {
    name: "icons",
    test: /node_modules\/lucide-react\//,
    entriesAware: true,
    entriesAwareMergeThreshold: 12_000,
    priority: 1,
  },
  // Pages without answers want these too, and must not bring answers along.
  {
    name: "copying",
    test: /packages\/react\/src\/(?:copying|diagram\/messages|answer\/(?:document-line|use-standings))/,
    priority: 1,
  },
  // What shows answers and documents, with the Markdown that they are written in.
  {
    name: "answers",
    test: /packages\/react\/src\/(?:markdown\/(?!highlight|draw-formula)|passage\/|answer\/(?:answer|citation|feedback|source|working))/,
  },
];

/**
 * Has Chromium compile what every page begins with while it arrives, beside the main thread, rather than function by function on
 * it when each is first called (V8's explicit compile hints). To other browsers it is a comment.
 */
export function bannerOf({ name }: { name: string }): string {
  return name === "libraries" ? "//# allFunctionsCalledOnLoad" : "";
}

/** Names in the page what the ask page wants next, inert, for it to have fetched when there is nothing else to do. */
export function namesNext(): Plugin {
  return {
    name: "aika:names-next",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle, filename }) =>
        bundle === undefined || !filename.endsWith("console/index.html") ? [] : [templateOf(bundle)],
    },
  };
}

function templateOf(bundle: NonNullable<IndexHtmlTransformContext["bundle"]>): HtmlTagDescriptor {
  const chunks = Object.values(bundle).filter((one) => one.type === "chunk");
  const filesOf = (module: RegExp) => {
    const found = chunks.filter((one) => module.test(one.facadeModuleId ?? ""));
    return withImports(
      found.map((one) => one.fileName),
      chunks,
    );
  };
  const there = filesOf(/console\/index\.html$/);
  const links = [...filesOf(NEXT)]
    .filter((file) => !there.has(file))
    .map((file) => ({ tag: "link", attrs: { rel: "prefetch", as: "script", href: `/${file}` } }));
  return { tag: "template", attrs: { id: "next" }, children: links, injectTo: "body" };
}

function withImports(
  files: readonly string[],
  chunks: readonly { fileName: string; imports: string[] }[],
): Set<string> {
  const found = new Set<string>();
  const waiting = [...files];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    waiting.push(...(chunks.find((one) => one.fileName === file)?.imports ?? []));
  }
  return found;
}
