import { useAika } from "@aika/react";
import { formatAge, t } from "@aika/react/text";
import { useQuery } from "@tanstack/react-query";
import { ArrowUpRight } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useAssistants } from "./use-assistants.ts";

export interface NewQuestionProps {
  readonly assistant: string | null;
  readonly composer: ReactNode;
  readonly onAsk: (question: string) => void;
}

/** Nothing asked yet: the composer in the middle, and questions that can be answered. */
export function NewQuestion({ assistant, composer, onAsk }: NewQuestionProps): ReactNode {
  const chosen = useAssistants()?.find((one) => one.id === assistant);
  return (
    <div className="flex min-h-full flex-col px-4 sm:px-6">
      <div className="mx-auto flex w-full max-w-[44rem] flex-1 flex-col justify-center pt-10 pb-[12vh]">
        <h1 className="text-center text-[1.75rem] leading-tight font-semibold tracking-tight text-balance sm:text-[2.125rem]">
          {chosen?.greeting || t("What do you want to know?")}
        </h1>
        <p className="mx-auto mt-3 mb-8 max-w-xl text-center text-[0.9375rem] text-balance text-muted">
          {chosen?.purpose || t("Answers come from documents you may read, with the passage behind every sentence.")}
        </p>
        {composer}
        <Suggestions assistant={assistant} onAsk={onAsk} />
        <Known />
      </div>
    </div>
  );
}

/** What answers can come from, in one line. */
function Known() {
  const aika = useAika();
  const { data } = useQuery({
    queryKey: ["sources"],
    queryFn: async () => (await aika.GET("/v1/sources")).data,
    staleTime: 60_000,
  });
  if (data === undefined) return <p className="mt-6 h-5" />;
  const documents = data.reduce((sum, source) => sum + source.documents, 0);
  const read = data.flatMap((source) => (source.last_success_at === null ? [] : [source.last_success_at])).sort();
  return (
    <p className="mt-6 min-h-5 text-center text-[0.8125rem] text-faint">
      {documents === 0 ? (
        <Link to="/sources/new" className="text-accent hover:underline">
          {t("There is nothing to answer from yet. Add a source")}
        </Link>
      ) : (
        <Link to="/sources" className="hover:text-ink hover:underline">
          {t(
            "{documents, plural, one {# document} other {# documents}} from {sources, plural, one {# source} other {# sources}}",
            { documents, sources: data.length },
          )}
          {read.length > 0 && t(", last read {age}", { age: formatAge(read.at(-1) ?? "") })}
        </Link>
      )}
    </p>
  );
}

function Suggestions({ assistant, onAsk }: Pick<NewQuestionProps, "assistant" | "onAsk">) {
  const aika = useAika();
  const { data } = useQuery({
    queryKey: ["conversations", "suggestions", assistant],
    queryFn: async ({ signal }) => {
      const query = { limit: 4, ...(assistant === null ? {} : { assistant }) };
      return (await aika.GET("/v1/suggestions", { params: { query }, signal })).data?.suggestions ?? [];
    },
    staleTime: 300_000,
    retry: false,
  });
  return (
    // As high as four suggestions, so that nothing moves when they arrive.
    <div className="mt-5 min-h-[11.5rem] sm:min-h-24">
      {data && data.length > 0 && (
        <ul aria-label={t("Questions to begin with")} className="grid animate-appear gap-2 sm:grid-cols-2">
          {data.map((suggestion) => (
            <li key={suggestion.text}>
              <button
                type="button"
                onClick={() => onAsk(suggestion.text)}
                className="group flex h-full w-full items-start gap-3 rounded-2xl border border-line px-4 py-3 text-left text-sm leading-snug transition-colors hover:border-line-strong/60 hover:bg-sunken/60"
              >
                <span className="line-clamp-2 flex-1">{suggestion.text}</span>
                <ArrowUpRight
                  aria-hidden
                  className="mt-0.5 size-3.5 shrink-0 text-faint opacity-0 transition-opacity group-hover:opacity-100"
                />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
