import { t } from "@aika/react/text";
import { Button, cn, Kbd } from "@aika/react/ui";
import { Search, SquarePen } from "lucide-react";
import type { ReactNode } from "react";
import { Link, NavLink } from "react-router";
import { History } from "../pages/ask/history.tsx";
import { Account } from "./account.tsx";
import { useMe } from "./me.ts";
import { placesOf } from "./places.ts";

/** The column at the left: a new question, the parts of the app, earlier conversations, one's account. */
export function Navigation({ onSearch }: { onSearch: () => void }): ReactNode {
  const me = useMe();
  return (
    <nav aria-label={t("Main")} className="flex h-full flex-col gap-1 px-3 pt-3 pb-2">
      <Link to="/" className="mb-2 flex w-fit items-center gap-2.5 rounded-lg px-2 py-1">
        <img src="/icon.svg" alt="" width="26" height="26" />
        <span className="text-lg font-semibold tracking-tight">aika</span>
      </Link>
      <Button asChild className="justify-start px-2.5">
        <Link to="/">
          <SquarePen aria-hidden="true" />
          {t("New question")}
        </Link>
      </Button>
      <Button look="quiet" className="justify-start px-2.5" onClick={onSearch}>
        <Search aria-hidden="true" />
        <span className="flex-1 text-left">{t("Go to")}</span>
        <Kbd keys="mod+k" />
      </Button>
      <ul className="mt-2 flex flex-col gap-0.5">
        {placesOf(me).map((place) => (
          <li key={place.path}>
            <NavLink
              to={place.path}
              className={({ isActive }) =>
                cn(
                  "flex h-9 items-center gap-2.5 rounded-lg px-2.5 text-sm font-medium text-muted transition-colors hover:bg-sunken hover:text-ink [&_svg]:size-4",
                  isActive && "bg-sunken text-ink",
                )
              }
            >
              <place.icon aria-hidden="true" />
              {place.name}
            </NavLink>
          </li>
        ))}
      </ul>
      <div className="mt-4 min-h-0 flex-1 overflow-y-auto">
        <History />
      </div>
      <Account />
    </nav>
  );
}
