import { render, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { Diagram } from "./diagram.tsx";

const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" onload="window.hacked = true"><script>window.hacked = true</script></svg>';

function frame(): HTMLIFrameElement {
  const found = document.querySelector("iframe");
  if (found === null) throw new Error("no frame was opened");
  return found;
}

/** Says something to the page as a frame does, which has no origin. */
function say(data: unknown, source: Window | null, origin = "null"): void {
  window.dispatchEvent(new MessageEvent("message", { data, source, origin }));
}

test("a diagram is a picture, in which nothing runs, drawn by a frame without an origin", async () => {
  render(<Diagram source="graph LR; A-->B" incomplete={false} />);
  expect(frame().getAttribute("sandbox")).toBe("allow-scripts");

  say({ type: "aika-ready" }, frame().contentWindow);
  await Promise.resolve();
  await waitFor(() => {
    const stranger = { type: "aika-drawn", id: 1, svg: "<svg>stranger</svg>", width: 10, height: 10 };
    say(stranger, window);
    say(stranger, null);
    say(stranger, frame().contentWindow, "https://stranger.example");
    for (const wrong of [
      { id: "1" },
      { svg: null },
      { svg: {} },
      { width: "10" },
      { height: Number.NaN },
      { type: "drawn" },
    ])
      say({ ...stranger, ...wrong }, frame().contentWindow);
    for (const nothing of [null, undefined, 1, "aika-drawn", []]) say(nothing, frame().contentWindow);
    say({ type: "aika-drawn", id: 1, svg: PICTURE, width: 100, height: 50 }, frame().contentWindow);
    expect(screen.getByRole("img", { name: /graph LR/ })).toBeTruthy();
  });

  const picture = screen.getByRole<HTMLImageElement>("img", { name: /graph LR/ });
  expect(picture.tagName).toBe("IMG");
  expect(picture.src.startsWith("data:image/svg+xml")).toBe(true);
  expect(picture.src).toBe(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(PICTURE)}`);
  expect(document.querySelector("figure :is(script, object, embed, iframe, svg[onload])")).toBeNull();
  expect(window).not.toHaveProperty("hacked");
});

test("what cannot be drawn is shown as its source, with the reason as text", async () => {
  render(<Diagram source="graph <img src=x onerror=alert(1)>" incomplete={false} />);

  await waitFor(() => {
    say({ type: "aika-not-drawn", id: 2, reason: "<b>Parse error</b>" }, frame().contentWindow);
    expect(screen.getByText(/could not be drawn/).textContent).toContain("<b>Parse error</b>");
  });

  expect(document.querySelector("img")).toBeNull();
});

test("a diagram that is still arriving is not drawn", () => {
  render(<Diagram source="graph LR; A--" incomplete />);

  expect(screen.getByText(/graph LR/)).toBeTruthy();
});
