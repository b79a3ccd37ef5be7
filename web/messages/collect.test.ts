import { readFileSync } from "node:fs";
import { join } from "node:path";
import { IntlMessageFormat } from "intl-messageformat";
import { expect, test } from "vitest";
import { catalogOf, collect } from "./collect.ts";

const { messages, problems } = collect();

test("every word that people see can be translated", () => {
  expect(problems).toEqual([]);
});

test("the catalog for translators holds every message; bring it up to date with 'web/npm run messages'", () => {
  expect(readFileSync(join(import.meta.dirname, "../apps/console/messages/en.json"), "utf8")).toBe(catalogOf(messages));
});

test.each([...messages])("is well-formed ICU MessageFormat: %s", (message) => {
  expect(() => new IntlMessageFormat(message, "en")).not.toThrow();
});
