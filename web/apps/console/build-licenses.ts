import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

/** Puts the typeface's license beside the app: `licenses.md` has those of scripts only. */
export function fontLicense(): Plugin {
  return {
    name: "aika:font-license",
    apply: "build",
    generateBundle() {
      const license = createRequire(import.meta.url).resolve("@fontsource-variable/inter/package.json");
      const source = readFileSync(license.replace(/package\.json$/, "LICENSE"), "utf-8");
      this.emitFile({ type: "asset", fileName: "license-of-inter.txt", source });
    },
  };
}
