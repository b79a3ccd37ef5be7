import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { ErrorNote, Loading, Page, Segmented } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useSearchParams } from "react-router";
import { Channels } from "./channels.tsx";
import { Queue } from "./review/queue.tsx";

type View = "queue" | "channels";

/** The goalies: proposals that wait for a human, and the channels that they look after. */
export default function Goalies(): ReactNode {
  const aika = useAika();
  const [query, setQuery] = useSearchParams();
  const view: View = query.get("view") === "channels" ? "channels" : "queue";
  const goalies = useQuery({
    queryKey: ["goalies", "list"],
    queryFn: async () => (await aika.GET("/v1/goalies")).data,
  });
  const only = query.get("goalie");
  return (
    <Page
      wide
      title={t("Goalie")}
      lead={t("What your channels' support bots are not sure enough of to post by themselves.")}
      actions={
        <Segmented<View>
          label={t("View")}
          value={view}
          onValueChange={(chosen) => setQuery(chosen === "queue" ? {} : { view: chosen })}
          choices={[
            { value: "queue", label: t("Review queue") },
            { value: "channels", label: t("Channels") },
          ]}
        />
      }
    >
      {goalies.isPending && <Loading rows={5} />}
      {goalies.isError && <ErrorNote error={goalies.error} retry={() => void goalies.refetch()} />}
      {goalies.data !== undefined &&
        (view === "queue" ? (
          <Queue anyGoalie={goalies.data.goalies.length > 0} {...(only === null ? {} : { goalie: only })} />
        ) : (
          <Channels reply={goalies.data} />
        ))}
    </Page>
  );
}
