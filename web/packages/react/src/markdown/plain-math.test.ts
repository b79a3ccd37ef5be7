import { expect, test } from "vitest";
import { withPlainMath } from "./plain-math.ts";

test.each([
  ["\\(a + b\\)", "$$a + b$$"],
  ["so $x^2$ is", "so $$x^2$$ is"],
  ["so $n$ is", "so $$n$$ is"],
  ["\\[\na = b\n\\]", "\n$$\na = b\n$$\n"],
])("%s is a formula", (written, read) => {
  expect(withPlainMath(written)).toBe(read);
});

test.each([
  "It costs $5, or $10 a month",
  "between $HOME and $PATH",
  "$HOME/$USER",
  "`$x^2$` stays",
  "```sh\necho \\(x\\) $a_b$\n```",
  "~~~\n$x^2$\n~~~",
  "\\$x^2\\$",
])("%s is none", (written) => {
  expect(withPlainMath(written)).toBe(written);
});
