/** Colors code: grammars load one at a time, when a block in that language first appears. */

import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore, type LanguageInput } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";

export interface Token {
  readonly text: string;
  /** What it is, such as `keyword`; null for plain text. */
  readonly role: string | null;
}

export type Line = readonly Token[];

const THEME = createCssVariablesTheme({ name: "aika", variablePrefix: "--code-", fontStyle: false });

const GRAMMARS: Readonly<Record<string, LanguageInput>> = {
  bash: () => import("shiki/langs/bash.mjs"),
  c: () => import("shiki/langs/c.mjs"),
  cpp: () => import("shiki/langs/cpp.mjs"),
  csharp: () => import("shiki/langs/csharp.mjs"),
  css: () => import("shiki/langs/css.mjs"),
  diff: () => import("shiki/langs/diff.mjs"),
  docker: () => import("shiki/langs/docker.mjs"),
  go: () => import("shiki/langs/go.mjs"),
  graphql: () => import("shiki/langs/graphql.mjs"),
  groovy: () => import("shiki/langs/groovy.mjs"),
  hcl: () => import("shiki/langs/hcl.mjs"),
  html: () => import("shiki/langs/html.mjs"),
  ini: () => import("shiki/langs/ini.mjs"),
  java: () => import("shiki/langs/java.mjs"),
  javascript: () => import("shiki/langs/javascript.mjs"),
  json: () => import("shiki/langs/json.mjs"),
  kotlin: () => import("shiki/langs/kotlin.mjs"),
  lua: () => import("shiki/langs/lua.mjs"),
  make: () => import("shiki/langs/make.mjs"),
  markdown: () => import("shiki/langs/markdown.mjs"),
  nginx: () => import("shiki/langs/nginx.mjs"),
  perl: () => import("shiki/langs/perl.mjs"),
  php: () => import("shiki/langs/php.mjs"),
  powershell: () => import("shiki/langs/powershell.mjs"),
  proto: () => import("shiki/langs/proto.mjs"),
  python: () => import("shiki/langs/python.mjs"),
  r: () => import("shiki/langs/r.mjs"),
  ruby: () => import("shiki/langs/ruby.mjs"),
  rust: () => import("shiki/langs/rust.mjs"),
  scala: () => import("shiki/langs/scala.mjs"),
  shellsession: () => import("shiki/langs/shellsession.mjs"),
  sql: () => import("shiki/langs/sql.mjs"),
  swift: () => import("shiki/langs/swift.mjs"),
  toml: () => import("shiki/langs/toml.mjs"),
  tsx: () => import("shiki/langs/tsx.mjs"),
  typescript: () => import("shiki/langs/typescript.mjs"),
  xml: () => import("shiki/langs/xml.mjs"),
  yaml: () => import("shiki/langs/yaml.mjs"),
};

const OTHER_NAMES: Readonly<Record<string, string>> = {
  "c++": "cpp",
  "c#": "csharp",
  console: "shellsession",
  cs: "csharp",
  dockerfile: "docker",
  gradle: "groovy",
  h: "c",
  js: "javascript",
  jsx: "tsx",
  kt: "kotlin",
  kts: "kotlin",
  makefile: "make",
  md: "markdown",
  properties: "ini",
  protobuf: "proto",
  ps1: "powershell",
  py: "python",
  rb: "ruby",
  rs: "rust",
  sh: "bash",
  shell: "bash",
  terraform: "hcl",
  tf: "hcl",
  ts: "typescript",
  yml: "yaml",
  zsh: "bash",
};

let made: Promise<HighlighterCore> | null = null;

/** Returns the code's lines in colored pieces, or null for a language that is not known. */
export async function highlighted(code: string, language: string): Promise<readonly Line[] | null> {
  const asked = language.toLowerCase();
  const name = OTHER_NAMES[asked] ?? asked;
  const grammar = Object.hasOwn(GRAMMARS, name) ? GRAMMARS[name] : undefined;
  if (grammar === undefined) return null;
  made ??= createHighlighterCore({
    themes: [THEME],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  const highlighter = await made;
  if (!highlighter.getLoadedLanguages().includes(name)) await highlighter.loadLanguage(grammar);
  const lines = highlighter.codeToTokensBase(code, { lang: name, theme: "aika", tokenizeTimeLimit: 200 });
  return lines.map((line) => line.map((token) => ({ text: token.content, role: roleOf(token.color) })));
}

function roleOf(color: string | undefined): string | null {
  return /^var\(--code-token-([a-z-]+)\)$/.exec(color ?? "")?.[1] ?? null;
}
