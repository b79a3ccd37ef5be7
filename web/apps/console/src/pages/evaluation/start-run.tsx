import type { StartedRun, StartedRuns } from "@aika/client";
import { formatAge, formatNumber, t } from "@aika/react/text";
import { Badge, Button, Card, Dialog, ErrorNote, Field, Select, Textarea } from "@aika/react/ui";
import { Play } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { useStart } from "./use-evaluation.ts";

/** Begins a run on a collection, with other settings where one wants to try them. */
export function StartRun({ known }: { known: StartedRuns | undefined }): ReactNode {
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const [changes, setChanges] = useState("");
  const start = useStart();
  const collections = known?.collections ?? [];
  const collection = chosen ?? collections[0] ?? "";
  const submit = async () => {
    const lines = changes.split("\n").map((line) => line.trim());
    await start.mutateAsync({ collection, changes: lines.filter((line) => line !== "") });
    setOpen(false);
  };
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)} disabled={collections.length === 0}>
        <Play />
        {t("Start a run")}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={t("Start a run")}
        description={t(
          "Retrieval is measured on the collection's questions. It works beside the server and takes a minute or so.",
        )}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>{t("Cancel")}</Button>
            <Button look="primary" busy={start.isPending} onClick={() => void submit().catch(() => undefined)}>
              {t("Start")}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          {start.error !== null && <ErrorNote error={start.error} />}
          <Field label={t("Collection")}>
            <Select value={collection} onChange={({ target }) => setChosen(target.value)}>
              {collections.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </Select>
          </Field>
          <Field
            label={t("Settings for this run")}
            optional
            help={t("One a line, of retrieval, reranker, answers or confidence. Nothing changes for anybody else.")}
          >
            <Textarea
              rows={3}
              spellCheck={false}
              className="font-mono"
              placeholder={t("retrieval.dense_weight=0.7")}
              value={changes}
              onChange={({ target }) => setChanges(target.value)}
            />
          </Field>
        </div>
      </Dialog>
    </>
  );
}

/** Runs that were started here, while they run and until the server is started anew. */
export function StartedList({ started }: { started: readonly StartedRun[] }): ReactNode {
  if (started.length === 0) return null;
  return (
    <ul aria-label={t("Started here")} className="mb-8 grid gap-3 md:grid-cols-2">
      {started.slice(0, 4).map((run) => (
        <li key={`${run.collection} ${run.started_at}`}>
          <StartedCard run={run} />
        </li>
      ))}
    </ul>
  );
}

function StartedCard({ run }: { run: StartedRun }): ReactNode {
  const tones = { running: "accent", done: "good", failed: "bad" } as const;
  const states = { running: t("Running"), done: t("Done"), failed: t("Failed") };
  return (
    <Card className="p-4">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0 text-sm">
          <p className="font-medium">{run.collection}</p>
          <p className="break-words text-muted">
            {run.changes.length === 0 ? t("As configured") : run.changes.join(", ")} · {formatAge(run.started_at)}
          </p>
        </div>
        <Badge tone={tones[run.state]}>{states[run.state]}</Badge>
      </div>
      <div aria-live="polite" className="mt-2 text-[0.8125rem]">
        {run.state === "running" && <Progress run={run} />}
        {run.run !== null && (
          <Link to={`/evaluation/${run.run}`} className="text-accent hover:underline">
            {t("See the run")}
          </Link>
        )}
        {run.problem !== null && <p className="text-bad">{run.problem}</p>}
      </div>
    </Card>
  );
}

function Progress({ run: { doing, done, total } }: { run: StartedRun }): ReactNode {
  return (
    <>
      <p className="text-muted tabular">
        {total === 0
          ? t("Waiting for its turn")
          : t("{doing}: {done} of {total}", { doing, done: formatNumber(done), total: formatNumber(total) })}
      </p>
      <progress
        aria-label={doing}
        max={Math.max(1, total)}
        value={done}
        className="mt-1.5 block h-1.5 w-full appearance-none overflow-hidden rounded-full bg-sunken [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-accent"
      />
    </>
  );
}
