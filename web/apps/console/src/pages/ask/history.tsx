import type { ConversationSummary } from "@aika/client";
import { t } from "@aika/react/text";
import { cn, useSingleKeys } from "@aika/react/ui";
import { Ellipsis, Link2, Search } from "lucide-react";
import { lazy, type ReactNode, Suspense, useDeferredValue, useEffect, useState } from "react";
import { NavLink, useNavigate, useParams } from "react-router";
import { historyGroups } from "./history-groups.ts";
import { useConversations } from "./use-conversations.ts";

const ConversationMenu = lazy(async () => ({ default: (await import("./conversation-menu.tsx")).ConversationMenu }));
const Shortcuts = lazy(() => import("./shortcuts.tsx"));
const SEARCHABLE = 6;

/** Earlier conversations, in the navigation: by day, found by their words. */
export function History(): ReactNode {
  const [search, setSearch] = useState("");
  const words = useDeferredValue(search.trim());
  const list = useConversations(words);
  const { conversations } = list;
  const groups = words ? [{ name: t("Found"), conversations }] : historyGroups(conversations, new Date());
  const searchable = words !== "" || conversations.length >= SEARCHABLE;
  return (
    <>
      <ShortcutsOnDemand />
      {searchable && <SearchBox value={search} onChange={setSearch} />}
      {groups.map((group) => (
        <section key={group.name} aria-label={group.name} className="mb-3">
          <h2 className="px-2.5 pb-1 text-xs font-medium text-faint">{group.name}</h2>
          <ul>
            {group.conversations.map((conversation) => (
              <Entry key={conversation.id} conversation={conversation} />
            ))}
          </ul>
          {words !== "" && conversations.length === 0 && !list.isFetching && (
            <p className="px-2.5 py-1 text-[0.8125rem] text-muted">{t("No conversation has these words.")}</p>
          )}
        </section>
      ))}
      {list.hasNextPage && (
        <button
          type="button"
          onClick={() => void list.fetchNextPage()}
          disabled={list.isFetchingNextPage}
          className="w-full rounded-lg px-2.5 py-1.5 text-left text-[0.8125rem] text-muted hover:bg-sunken"
        >
          {t("Show earlier ones")}
        </button>
      )}
    </>
  );
}

function SearchBox({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <label className="mb-3 flex h-8 items-center gap-2 rounded-lg bg-sunken px-2.5 text-muted focus-within:outline-2 focus-within:-outline-offset-2 focus-within:outline-accent">
      <Search aria-hidden className="size-3.5 shrink-0" />
      <input
        type="search"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        aria-label={t("Search your conversations")}
        placeholder={t("Search conversations")}
        className="min-w-0 flex-1 bg-transparent text-[0.8125rem] text-ink outline-none placeholder:text-faint"
      />
    </label>
  );
}

function Entry({ conversation }: { conversation: ConversationSummary }) {
  const { id } = useParams();
  const navigate = useNavigate();
  const { title, excerpt, shared, pinned } = conversation;
  const here = id === conversation.id;
  return (
    <li className="group relative">
      <NavLink
        to={`/c/${conversation.id}`}
        title={title}
        className={cn(
          "block rounded-lg px-2.5 py-1.5 text-[0.8125rem] leading-5 group-focus-within:pr-9 group-hover:bg-sunken group-hover:pr-9 pointer-coarse:pr-9",
          here ? "bg-sunken font-medium text-ink" : "text-muted",
        )}
      >
        <span className="flex items-center gap-1.5">
          <span className="truncate">{title}</span>
          {shared && <Link2 aria-label={t("shared")} className="size-3 shrink-0 text-faint" />}
        </span>
        {excerpt && <span className="line-clamp-2 text-xs leading-4 font-normal text-faint">{excerpt}</span>}
      </NavLink>
      <div className="absolute top-0.5 right-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
        <MenuOnDemand
          conversation={{ id: conversation.id, title, pinned }}
          onDeleted={() => here && void navigate("/")}
        />
      </div>
    </li>
  );
}

function MenuOnDemand(props: { conversation: { id: string; title: string; pinned: boolean }; onDeleted: () => void }) {
  const dots = (
    <button
      type="button"
      aria-label={t("More about “{title}”", { title: props.conversation.title })}
      className="flex size-7 items-center justify-center rounded-md text-muted hover:bg-line hover:text-ink"
    >
      <Ellipsis aria-hidden className="size-4" />
    </button>
  );
  return (
    <Suspense fallback={dots}>
      <ConversationMenu {...props} trigger={dots} />
    </Suspense>
  );
}

/** `?` and the account menu show the keyboard shortcuts, on every page. */
function ShortcutsOnDemand() {
  const [open, setOpen] = useState(false);
  useSingleKeys({ "?": () => setOpen(true) });
  useEffect(() => {
    const show = () => setOpen(true);
    addEventListener("aika:shortcuts", show);
    return () => removeEventListener("aika:shortcuts", show);
  }, []);
  if (!open) return null;
  return (
    <Suspense>
      <Shortcuts onClose={() => setOpen(false)} />
    </Suspense>
  );
}
