import type { GoalieDetail, ReplayReply } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { ErrorNote, Loading, Page } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link, useParams } from "react-router";
import { channelName } from "./review/queue-list.tsx";
import { Advice } from "./thresholds/advice.tsx";
import { Basis } from "./thresholds/basis.tsx";
import { Curve } from "./thresholds/curve.tsx";
import { FileLines } from "./thresholds/file-lines.tsx";
import { NoReplay } from "./thresholds/no-replay.tsx";
import { Outcome } from "./thresholds/outcome.tsx";
import type { Pair } from "./thresholds/pair.ts";
import { Sliders } from "./thresholds/sliders.tsx";

/** From which confidence a goalie proposes and answers: chosen on what it would have done in its channel's past. */
export default function Thresholds(): ReactNode {
  const { name = "" } = useParams();
  const aika = useAika();
  const [precision, setPrecision] = useState(0.9);
  const goalie = useQuery({
    queryKey: ["goalies", "detail", name],
    queryFn: async () => (await aika.GET("/v1/goalies/{name}", { params: { path: { name } } })).data,
  });
  const replay = useQuery({
    queryKey: ["goalies", "replay", name, precision],
    queryFn: async () => {
      const params = { path: { name }, query: { precision } };
      return (await aika.GET("/v1/goalies/{name}/replay", { params })).data;
    },
    placeholderData: (before) => before,
  });
  const failed = goalie.error ?? replay.error;
  return (
    <Page
      title={t("Thresholds")}
      lead={t("From which confidence it shows an answer to humans, and from which it answers by itself.")}
      back={<Link to={`/goalies/${name}`}>{goalie.data === undefined ? name : channelName(goalie.data.channel)}</Link>}
    >
      {failed !== null && <ErrorNote error={failed} />}
      {failed === null && (goalie.data === undefined || replay.data === undefined) && <Loading rows={6} />}
      {goalie.data !== undefined && replay.data !== undefined && (
        <Choosing
          key={`${goalie.data.medium} ${goalie.data.high}`}
          goalie={goalie.data}
          reply={replay.data}
          precision={precision}
          onPrecision={setPrecision}
        />
      )}
    </Page>
  );
}

function Choosing({
  goalie,
  reply,
  precision,
  onPrecision,
}: {
  goalie: GoalieDetail;
  reply: ReplayReply;
  precision: number;
  onPrecision: (precision: number) => void;
}): ReactNode {
  const [pair, setPair] = useState<Pair>({ medium: goalie.medium, high: goalie.high });
  const { replay } = reply;
  return (
    <div className="flex flex-col gap-8">
      {replay === null ? (
        <NoReplay command={reply.command} />
      ) : (
        <>
          <Basis replay={replay} command={reply.command} />
          <Curve replay={replay} pair={pair} onChange={setPair} />
        </>
      )}
      <div className="grid items-start gap-8 lg:grid-cols-2">
        <div className="flex flex-col gap-6">
          <Sliders pair={pair} onChange={setPair} />
          <FileLines goalie={goalie} pair={pair} />
        </div>
        {replay !== null && (
          <div className="flex flex-col gap-6">
            <Outcome replay={replay} pair={pair} />
            <Advice replay={replay} precision={precision} onPrecision={onPrecision} onTake={setPair} />
          </div>
        )}
      </div>
    </div>
  );
}
