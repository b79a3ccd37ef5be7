import { describe, expect, it } from "vitest";
import { signInPlace } from "./signing-in.ts";

describe("the place where one signs in", () => {
  it("leads back to where one was", () => {
    expect(signInPlace({ pathname: "/c/1", search: "?q=a b" }, false)).toBe("/sign-in?then=%2Fc%2F1%3Fq%3Da+b");
  });

  it("asks nothing of who was signed in until now", () => {
    expect(signInPlace({ pathname: "/", search: "" }, true)).toBe("/sign-in?then=%2F&again=yes");
  });
});
