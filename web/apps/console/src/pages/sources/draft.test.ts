import { expect, it } from "vitest";
import { nameFrom, newDraft, settingsOf } from "./draft.ts";

it("makes a name that can be a file's", () => {
  expect(nameFrom("Our Händbook (new)")).toBe("our-handbook-new-");
  expect(nameFrom("--a")).toBe("a");
});

it("sends nothing for what nobody filled in", () => {
  const sent = settingsOf({ ...newDraft("git", false), readers: [" ", "everyone"], managers: [""] }, []);

  expect(sent).toMatchObject({ purpose: null, managers: null, rules: null, readers: ["everyone"], refresh: "1h" });
});

it("keeps nobody apart from not saying who", () => {
  expect(settingsOf({ ...newDraft("git", false), readers: [] }, []).readers).toEqual([]);
  expect(settingsOf({ ...newDraft("slack", true) }, []).readers).toBeNull();
});
