import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { useQuery } from "@tanstack/react-query";
import { CornerDownRight } from "lucide-react";
import type { ReactNode } from "react";

/** Questions that could come next. */
export function FollowUps({ answerId, onAsk }: { answerId: string; onAsk: (question: string) => void }): ReactNode {
  const aika = useAika();
  const { data } = useQuery({
    queryKey: ["conversations", "follow-ups", answerId],
    queryFn: async ({ signal }) => {
      const reply = await aika.GET("/v1/answers/{id}/follow-ups", { params: { path: { id: answerId } }, signal });
      return reply.data?.suggestions ?? [];
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (data === undefined || data.length === 0) return null;
  return (
    <ul aria-label={t("Questions that could come next")} className="mt-1 flex animate-appear flex-col border-t">
      {data.map((suggestion) => (
        <li key={suggestion.text} className="border-b last:border-b-0">
          <button
            type="button"
            onClick={() => onAsk(suggestion.text)}
            className="flex w-full items-start gap-2.5 rounded-lg px-1 py-2.5 text-left text-sm text-muted transition-colors hover:text-ink"
          >
            <CornerDownRight aria-hidden className="mt-0.5 size-4 shrink-0 text-faint" />
            <span>{suggestion.text}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
