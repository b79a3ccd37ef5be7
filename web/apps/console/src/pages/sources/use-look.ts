import { type CheckReply, type NamedDraft, type PreviewEvent, streamed } from "@aika/client";
import { useAika } from "@aika/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { found } from "./use-sources.ts";

type Read = Extract<PreviewEvent, { type: "read" }>["document"];
type Unread = Extract<PreviewEvent, { type: "unreadable" }>;
type Looked = Extract<PreviewEvent, { type: "looked" }>["look"];

export interface Look {
  readonly doing: "nothing" | "checking" | "reading";
  readonly check: CheckReply | null;
  readonly listed: number;
  readonly documents: readonly Read[];
  readonly unreadable: readonly Unread[];
  readonly looked: Looked | null;
  readonly error: unknown;
}

const NOTHING: Look = {
  doing: "nothing",
  check: null,
  listed: 0,
  documents: [],
  unreadable: [],
  looked: null,
  error: null,
};

export interface Looking {
  readonly look: Look;
  /** Returns the reply, `null` where the check was given up or failed. */
  check(draft: NamedDraft): Promise<CheckReply | null>;
  preview(draft: NamedDraft): Promise<void>;
  reset(): void;
}

/** Checking and previewing a draft. A later look replaces an earlier one that still runs. */
export function useLook(): Looking {
  const aika = useAika();
  const [look, setLook] = useState<Look>(NOTHING);
  const current = useRef<AbortController | null>(null);
  const begin = useCallback(() => {
    current.current?.abort();
    current.current = new AbortController();
    return current.current.signal;
  }, []);
  useEffect(() => () => current.current?.abort(), []);

  const check = useCallback(
    async (draft: NamedDraft) => {
      const signal = begin();
      setLook({ ...NOTHING, doing: "checking" });
      try {
        const reply = found((await aika.POST("/v1/sources/check", { body: { ...draft, connect: true }, signal })).data);
        setLook({ ...NOTHING, check: reply });
        return reply;
      } catch (error) {
        if (!signal.aborted) setLook({ ...NOTHING, error });
        return null;
      }
    },
    [aika, begin],
  );

  const preview = useCallback(
    async (draft: NamedDraft) => {
      const signal = begin();
      setLook((now) => ({ ...NOTHING, check: now.check, doing: "reading" }));
      try {
        const { response } = await aika.POST("/v1/sources/preview", {
          body: { ...draft, documents: 12 },
          parseAs: "stream",
          signal,
        });
        for await (const { event } of streamed<PreviewEvent>(response)) {
          if (signal.aborted) return;
          setLook((now) => after(now, event));
        }
        setLook((now) => ({ ...now, doing: "nothing" }));
      } catch (error) {
        if (!signal.aborted) setLook((now) => ({ ...now, doing: "nothing", error }));
      }
    },
    [aika, begin],
  );

  const reset = useCallback(() => {
    begin();
    setLook(NOTHING);
  }, [begin]);
  return { look, check, preview, reset };
}

function after(look: Look, event: PreviewEvent): Look {
  switch (event.type) {
    case "listed":
      return { ...look, listed: event.found };
    case "read":
      return { ...look, documents: [...look.documents, event.document] };
    case "unreadable":
      return { ...look, unreadable: [...look.unreadable, event] };
    case "looked":
      return { ...look, looked: event.look, listed: event.look.found };
    case "failed":
      return { ...look, error: new Error(event.problem.detail) };
  }
}
