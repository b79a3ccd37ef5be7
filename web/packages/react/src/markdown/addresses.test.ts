import { expect, test } from "vitest";
import { allowedAddress, pagesOf } from "./addresses.ts";

const PAGES = pagesOf(["https://docs.example.com/a/", "https://docs.example.com/b#part", null, "file:///etc/passwd"]);

test("a part of an allowed page is allowed", () => {
  expect(allowedAddress("https://docs.example.com/a#x", PAGES)).toBe("https://docs.example.com/a#x");
  expect(allowedAddress("https://docs.example.com/b", PAGES)).toBe("https://docs.example.com/b");
});

test("an address that names somebody is none, since it shows one host and opens another", () => {
  const address = "https://docs.example.com@evil.example/a";

  expect(allowedAddress(address, pagesOf([address]))).toBeNull();
  expect(allowedAddress("https://a:b@docs.example.com/a", pagesOf(["https://a:b@docs.example.com/a"]))).toBeNull();
});

test.each([
  "https://docs.example.com/a?leak=secret",
  "https://docs.example.com.evil.example/a",
  "https://user@docs.example.com/a",
  "javascript:alert(1)",
  "file:///etc/passwd",
  "//docs.example.com/a",
  "/a",
  "",
])("%s is not", (address) => {
  expect(allowedAddress(address, PAGES)).toBeNull();
});
