import { AikaError } from "@aika/client";
import { QueryClient } from "@tanstack/react-query";
import { afterEach, describe, expect, it } from "vitest";
import { signInPlace, signInWhereNeeded } from "./signing-in.ts";

describe("the place where one signs in", () => {
  it("leads back to where one was", () => {
    expect(signInPlace({ pathname: "/c/1", search: "?q=a b" }, false)).toBe("/sign-in?then=%2Fc%2F1%3Fq%3Da+b");
  });

  it("asks nothing of who was signed in until now", () => {
    expect(signInPlace({ pathname: "/", search: "" }, true)).toBe("/sign-in?then=%2F&again=yes");
  });
});

describe("a refusal for lack of a session", () => {
  const refused = new AikaError(401, "Authentication required", "sign in");

  afterEach(() => history.replaceState(null, "", "/"));

  it.each(["/sign-in", "/signed-out", "/embed"])("leads nowhere from %s, which says itself what to do", (path) => {
    history.replaceState(null, "", path);

    expect(signInWhereNeeded(refused, new QueryClient())).toBe(false);
  });

  it("is told apart from every other failure", () => {
    for (const error of [new AikaError(403, "Not allowed", "no"), new AikaError(0, "Not connected", ""), new Error()]) {
      expect(signInWhereNeeded(error, new QueryClient())).toBe(false);
    }
  });
});
