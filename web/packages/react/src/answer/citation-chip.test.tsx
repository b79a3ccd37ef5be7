import type { CitationView } from "@aika/client";
import { act, cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { CitationChip } from "./citation-chip.tsx";

const CITATION = {
  marker: 1,
  quote: "Fares are rounded to ten cents.",
  heading_path: [],
  document: { id: "d", title: "Rounding", source: "decisions", owner: null, modified_at: null, status: null },
} as unknown as CitationView;

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test("pointing at a footnote shows its words, and pressing it opens them and shows them no more", async () => {
  const onOpen = vi.fn();
  const { rerender } = render(<CitationChip marker={1} citation={CITATION} onOpen={onOpen} />);
  const chip = screen.getByRole("button");

  await userEvent.hover(chip);
  expect(await screen.findByText(CITATION.quote)).toBeTruthy();
  await userEvent.click(chip);
  rerender(<CitationChip marker={1} citation={CITATION} onOpen={onOpen} open />);
  rerender(<CitationChip marker={1} citation={CITATION} onOpen={onOpen} />);

  expect(onOpen).toHaveBeenCalledWith(1);
  expect(screen.queryByText(CITATION.quote)).toBeNull();
});

test("a footnote that is pressed before its preview came shows none, also where the focus goes elsewhere", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const onOpen = vi.fn();
  render(<CitationChip marker={1} citation={CITATION} onOpen={onOpen} />);
  const chip = screen.getByRole("button");
  const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });

  await user.hover(chip);
  await user.click(chip);
  chip.blur();
  act(() => vi.advanceTimersByTime(2_000));

  expect(onOpen).toHaveBeenCalledTimes(1);
  expect(screen.queryByText(CITATION.quote)).toBeNull();
});
