import { describe, expect, it } from "vitest";
import { asked, startOf } from "./asked.ts";

describe("where one goes on after signing in", () => {
  it("is the page one was on", () => {
    expect(asked("?then=%2Fsources%3Fstate%3Dlate").place).toBe("/sources?state=late");
  });

  it.each([
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "/sign-in?then=/",
    "",
  ])("is never elsewhere: %s", (place) => {
    expect(asked(`?${new URLSearchParams([["then", place]])}`).place).toBe("/");
  });

  it("is carried to the provider and back", () => {
    expect(startOf("/v1/sign-in/start", "/c/1?x=y")).toBe("/v1/sign-in/start?then=%2Fc%2F1%3Fx%3Dy");
  });
});

describe("what happened on the way", () => {
  it("is a problem that is known, or none", () => {
    expect(asked("?problem=unverified").problem).toBe("unverified");
    expect(asked("?problem=<script>").problem).toBeNull();
  });

  it("keeps one from being sent around in circles", () => {
    expect(asked("?again=yes").again).toBe(true);
    expect(asked("?again=yes&problem=provider").again).toBe(false);
  });
});
