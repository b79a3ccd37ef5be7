import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
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

/**
 * Lays out diagrams that ask for ELK as all others are. `elkjs` is as large as all else of Mermaid, and the only part of the app
 * that is not under a permissive license.
 */
export function dagreForElk(): Plugin {
  return {
    name: "aika:dagre-for-elk",
    enforce: "pre",
    resolveId(source, importer) {
      if (!/\/elk-\w+\.mjs$/.test(source) || importer === undefined) return null;
      const folder = dirname(importer);
      const dagre = readdirSync(folder).find((name) => /^dagre-\w+\.mjs$/.test(name));
      if (dagre === undefined) throw new Error(`Mermaid's layouts have other names than before: see ${folder}`);
      return join(folder, dagre);
    },
  };
}
