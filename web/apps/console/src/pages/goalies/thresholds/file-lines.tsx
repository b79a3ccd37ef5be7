import type { GoalieDetail } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, CopyButton, ErrorNote, toast } from "@aika/react/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Pair } from "./pair.ts";

/** The lines to put into the goalie's file; the server writes them where it may and the reader may. */
export function FileLines({ goalie, pair }: { goalie: GoalieDetail; pair: Pair }): ReactNode {
  const aika = useAika();
  const queries = useQueryClient();
  const same = pair.medium === goalie.medium && pair.high === goalie.high;
  const lines = `thresholds: {medium: ${pair.medium}, high: ${pair.high}}`;
  const write = useMutation({
    mutationFn: async () =>
      aika.PUT("/v1/goalies/{name}/thresholds", {
        params: { path: { name: goalie.name } },
        body: { ...pair, file_version: goalie.file_version },
      }),
    onSuccess: async () => {
      toast(t("{file} is written. The goalie follows it from now on.", { file: goalie.file }));
      await queries.invalidateQueries({ queryKey: ["goalies"] });
    },
  });
  return (
    <div>
      <h2 className="text-sm font-medium">{t("In the goalie's file")}</h2>
      <div className="mt-2 flex items-center gap-2 rounded-xl bg-sunken py-1.5 pr-1.5 pl-4">
        <code className="min-w-0 flex-1 py-1 font-mono text-[0.8125rem] break-words">{lines}</code>
        <CopyButton text={lines} label={t("Copy the line")} />
      </div>
      {goalie.editable ? (
        <div className="mt-3 flex flex-wrap items-center gap-3">
          <Button look="primary" disabled={same} busy={write.isPending} onClick={() => write.mutate()}>
            {t("Write into {file}", { file: goalie.file })}
          </Button>
          <p className="text-[0.8125rem] text-muted">
            {same ? t("These are the file's own.") : t("Everything else in the file stays, comments too.")}
          </p>
        </div>
      ) : (
        <p className="mt-2 text-[0.8125rem] text-muted">
          {t("Put this line into the goalie's file where your team keeps it. The goalie follows it within seconds.")}
        </p>
      )}
      {write.isError && <ErrorNote error={write.error} className="mt-3" />}
    </div>
  );
}
