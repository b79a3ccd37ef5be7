import type { CitationView } from "@aika/client";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { CitationChip } from "./citation-chip.tsx";

const CITATION = {
  marker: 1,
  quote: "Fares are rounded to ten cents.",
  heading_path: [],
  document: { id: "d", title: "Rounding", source: "decisions", owner: null, modified_at: null, status: null },
} as unknown as CitationView;

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
