import { t } from "@aika/react/text";
import { cn, IconButton } from "@aika/react/ui";
import { Menu as MenuIcon, SquarePen } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useEffectEvent, useRef, useState } from "react";
import { Link, Outlet, useLocation, useNavigationType } from "react-router";
import { Navigation } from "./navigation.tsx";

const Palette = lazy(() => import("./palette.tsx"));

/** The frame around every page: navigation at the left, on phones behind a button, and the page. */
export function Shell(): ReactNode {
  const [open, setOpen] = useState(false);
  const [searching, setSearching] = useState(false);

  useArrival(() => setOpen(false));
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "k" && (event.metaKey || event.ctrlKey)) {
        event.preventDefault();
        setSearching((now) => !now);
      }
      if (event.key === "Escape") setOpen(false);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);

  return (
    <div className="flex h-dvh">
      <a
        href="#page"
        className="sr-only z-70 rounded-lg bg-raised px-4 py-2 focus:not-sr-only focus:absolute focus:top-3 focus:left-3"
      >
        {t("Skip to the content")}
      </a>
      {open && (
        <button
          type="button"
          aria-label={t("Close the menu")}
          className="fixed inset-0 z-30 bg-black/40 lg:hidden"
          onClick={() => setOpen(false)}
        />
      )}
      <aside
        id="navigation"
        className={cn(
          "fixed inset-y-0 left-0 z-40 w-64 shrink-0 border-r bg-canvas transition-[translate,visibility] lg:visible lg:static lg:translate-x-0",
          !open && "invisible -translate-x-full",
        )}
      >
        <Navigation onSearch={() => setSearching(true)} />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="flex h-12 shrink-0 items-center gap-2 border-b px-2 lg:hidden">
          <IconButton
            label={t("Menu")}
            aria-expanded={open}
            aria-controls="navigation"
            onClick={() => setOpen((now) => !now)}
          >
            <MenuIcon aria-hidden="true" />
          </IconButton>
          <Link to="/" className="flex-1 font-semibold tracking-tight">
            aika
          </Link>
          <Link
            to="/"
            aria-label={t("New question")}
            className="flex size-9 items-center justify-center rounded-lg text-muted hover:bg-sunken"
          >
            <SquarePen aria-hidden="true" className="size-4" />
          </Link>
        </header>
        <main id="page" tabIndex={-1} className="relative min-h-0 flex-1 overflow-y-auto bg-surface outline-none">
          <Outlet />
        </main>
      </div>
      {searching && (
        <Suspense>
          <Palette onClose={() => setSearching(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** On every other page: begin at its top, and with the keyboard inside it, as a browser does with a page of its own. */
function useArrival(onArrival: () => void): void {
  const { pathname } = useLocation();
  const way = useNavigationType();
  const last = useRef(pathname);
  const arrive = useEffectEvent(() => {
    onArrival();
    const page = document.getElementById("page");
    if (page === null) return;
    if (way !== "POP") page.scrollTo(0, 0);
    if (!page.contains(document.activeElement)) page.focus({ preventScroll: true });
  });
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    arrive();
  }, [pathname]);
}
