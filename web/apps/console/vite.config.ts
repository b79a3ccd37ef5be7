import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { bannerOf, CHUNKS, namesNext } from "./build-chunks.ts";
import { dagreForElk, fontLicense } from "./build-licenses.ts";

const api = process.env.AIKA_API ?? "http://127.0.0.1:8400";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss(), namesNext(), fontLicense(), dagreForElk()],
  resolve: {
    alias: {
      "rehype-raw": `${import.meta.dirname}/no-raw-html.ts`,
      "rehype-sanitize": `${import.meta.dirname}/no-raw-html.ts`,
      "rehype-harden": `${import.meta.dirname}/no-raw-html.ts`,
      "tailwind-merge": `${import.meta.dirname}/merge-classes.ts`,
    },
  },
  // The server puts a fresh nonce in its place with every page; see src/aika/surfaces/api/web_app.py.
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    outDir: process.env.AIKA_WEB_OUT ?? "../../../src/aika/surfaces/api/web",
    emptyOutDir: true,
    target: "es2023",
    // Fonts and pictures as files: the content security policy has no place for data in style sheets.
    assetsInlineLimit: 0,
    manifest: true,
    // The licenses of all that is bundled go along with it.
    license: { fileName: "licenses.md" },
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { app: "index.html", diagram: "sandbox/diagram.html" },
      output: {
        codeSplitting: { groups: CHUNKS },
        postBanner: bannerOf,
        // Chunks of several pages are named after all of them.
        chunkFileNames: ({ name }) => `assets/${name.split("~")[0]}-[hash].js`,
      },
    },
  },
  server: {
    host: "127.0.0.1",
    // The frame that draws diagrams has no origin of its own.
    cors: { origin: ["null", /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/] },
    proxy: Object.fromEntries(["/v1", "/schemas", "/readyz"].map((path) => [path, api])),
  },
});
