import { expect, test } from "vitest";
import { editAddress } from "./edit-address.ts";

test.each([
  ["https://github.example/sundrell/docs/blob/main/a.md#L3", "https://github.example/sundrell/docs/edit/main/a.md"],
  ["https://gitlab.example/a/b/c/-/blob/main/x.md", "https://gitlab.example/a/b/c/-/edit/main/x.md"],
  ["https://x.example/wiki/spaces/OPS/pages/12/Title", "https://x.example/wiki/spaces/OPS/pages/edit-v2/12"],
  ["https://docs.example/guide/", null],
  ["javascript:alert(1)//a/b/blob/", null],
  [null, null],
])("%s is edited at %s", (url, edited) => {
  expect(editAddress(url)).toBe(edited);
});
