import type { SessionView } from "@aika/client";
import { useAika } from "@aika/react";
import { formatAge, formatTime, t } from "@aika/react/text";
import { Badge, Button, type Column, ErrorNote, Loading, Section, Table, toast, toastError } from "@aika/react/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

const KEY = ["settings", "sessions"];

/** The browsers that one is signed in with. */
export function Sessions(): ReactNode {
  const aika = useAika();
  const sessions = useQuery({
    queryKey: KEY,
    queryFn: async () => (await aika.GET("/v1/sessions")).data ?? [],
  });
  const others = sessions.data?.filter((session) => !session.current) ?? [];
  return (
    <Section
      title={t("Where you are signed in")}
      lead={t("A browser that you no longer use, or do not know, is better signed out.")}
      actions={others.length > 1 && <EndAll of={others} />}
    >
      {sessions.isPending && <Loading rows={2} />}
      {sessions.isError && <ErrorNote error={sessions.error} retry={() => void sessions.refetch()} />}
      {sessions.data !== undefined && <SessionTable sessions={sessions.data} />}
    </Section>
  );
}

function SessionTable({ sessions }: { sessions: readonly SessionView[] }): ReactNode {
  const columns: Column<SessionView>[] = [
    {
      id: "begun",
      title: t("Signed in"),
      cell: (session) => (
        <span className="flex flex-wrap items-center gap-2">
          <span title={formatTime(session.created_at)}>{formatAge(session.created_at)}</span>
          {session.current && <Badge tone="good">{t("This browser")}</Badge>}
        </span>
      ),
    },
    { id: "used", title: t("Last used"), cell: (session) => formatAge(session.seen_at) },
    { id: "ends", title: t("Ends at the latest"), cell: (session) => formatTime(session.expires_at), wideOnly: true },
    {
      id: "actions",
      title: <span className="sr-only">{t("Actions")}</span>,
      cell: (session) =>
        !session.current && (
          <span className="-my-1.5 flex justify-end">
            <End of={[session]} label={t("Sign out")} />
          </span>
        ),
    },
  ];
  return <Table caption={t("Where you are signed in")} columns={columns} rows={sessions} keyOf={(one) => one.id} />;
}

function EndAll({ of: others }: { of: readonly SessionView[] }): ReactNode {
  return <End of={others} label={t("Sign out of all others")} />;
}

function End({ of: sessions, label }: { of: readonly SessionView[]; label: string }): ReactNode {
  const aika = useAika();
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: async () => {
      for (const { id } of sessions) await aika.DELETE("/v1/sessions/{id}", { params: { path: { id } } });
    },
    onError: toastError,
    onSuccess: () =>
      toast(t("{n, plural, one {One browser is} other {# browsers are}} signed out.", { n: sessions.length })),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  return (
    <Button size="small" busy={end.isPending} onClick={() => end.mutate()}>
      {label}
    </Button>
  );
}
