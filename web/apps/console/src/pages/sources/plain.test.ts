import { expect, it } from "vitest";
import { plainWords } from "./plain.ts";

it("says what Markdown says, without its marks", () => {
  expect(plainWords("# Deploying Run `ferry deploy`. ## Back [See](a.md) | a | b |")).toBe(
    "Deploying Run ferry deploy . Back See a b",
  );
  expect(plainWords("--- title: A owner: b --- # A\n\n```sh\nls\n```")).toBe("A ls");
});
