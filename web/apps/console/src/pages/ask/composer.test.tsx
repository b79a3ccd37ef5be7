import { createAika } from "@aika/client";
import { AikaProvider } from "@aika/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { beforeEach, expect, test, vi } from "vitest";
import { Composer } from "./composer.tsx";

beforeEach(() => localStorage.clear());

function composer(options: { busy?: boolean; onAsk?: (question: string) => void; onStop?: () => void } = {}) {
  const aika = createAika({ baseUrl: "http://aika.test", fetch: async () => Response.json([]) });
  return render(
    <AikaProvider aika={aika}>
      <QueryClientProvider client={new QueryClient()}>
        <MemoryRouter>
          <Composer
            draftKey="new"
            busy={options.busy ?? false}
            begun={false}
            assistant={null}
            onAssistant={vi.fn()}
            onAsk={options.onAsk ?? vi.fn()}
            onStop={options.onStop ?? vi.fn()}
          />
        </MemoryRouter>
      </QueryClientProvider>
    </AikaProvider>,
  );
}

const field = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Your question" });
const write = (text: string) => fireEvent.change(field(), { target: { value: text } });

test("Enter asks, and the field is empty for the next question", () => {
  const onAsk = vi.fn();
  composer({ onAsk });

  write("  How?  ");
  fireEvent.keyDown(field(), { key: "Enter" });

  expect(onAsk.mock.calls).toEqual([["How?"]]);
  expect(field().value).toBe("");
});

test("Shift+Enter, and Enter while a word is composed, ask nothing", () => {
  const onAsk = vi.fn();
  composer({ onAsk });

  write("How");
  fireEvent.keyDown(field(), { key: "Enter", shiftKey: true });
  fireEvent.keyDown(field(), { key: "Enter", isComposing: true });

  expect(onAsk).not.toHaveBeenCalled();
});

test("what was begun is still there after a reload", () => {
  composer().unmount();
  const { unmount } = composer();
  write("How do I");
  unmount();

  composer();

  expect(field().value).toBe("How do I");
});

test("a slash anywhere goes to the field, and Esc stops the answer under way", () => {
  const onStop = vi.fn();
  composer({ busy: true, onStop });
  field().blur();

  fireEvent.keyDown(document.body, { key: "/" });
  fireEvent.keyDown(document.body, { key: "Escape" });

  expect(document.activeElement).toBe(field());
  expect(onStop).toHaveBeenCalledOnce();
});
