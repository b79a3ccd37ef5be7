// @ts-check
// Puts a floating button into a page, which opens aika in a frame:
//
//   <script src="https://aika.example.org/widget.js" data-assistant="Payments" async></script>
//
// Attributes, all optional: data-assistant, a name or an id; data-label, what the button says; data-close, what it says while
// open; data-side, "left" or "right"; data-theme, "light" or "dark".
// It needs nothing of the page, changes nothing in it, and works under a strict content security policy of the page's:
// script-src and frame-src must admit aika's address, and that is all.
(() => {
  "use strict";

  const TAG = "aika-widget";
  /** The origins whose pages may show aika, as aika's settings have them. */
  const ALLOWED = ["__EMBEDDED_IN__"];

  const script = document.currentScript;
  if (!(script instanceof HTMLScriptElement) || document.querySelector(TAG) !== null) {
    return;
  }
  const server = new URL(script.src).origin;
  const said = script.dataset;

  /** @param {string} origin */
  const isAllowed = (origin) => ALLOWED.some((one) => matches(new URL(origin), one));

  /** @param {URL} origin @param {string} source As in a content security policy: https://*.example.org, http://localhost:* */
  const matches = (origin, source) => {
    const parts = /^(https?:)\/\/(\*\.)?([^:/]+)(?::(\d+|\*))?$/.exec(source);
    if (parts === null || origin.protocol !== parts[1]) {
      return false;
    }
    const host = parts[3] ?? "";
    const hostFits = parts[2] === undefined ? origin.hostname === host : origin.hostname.endsWith(`.${host}`);
    const usual = origin.protocol === "https:" ? "443" : "80";
    return hostFits && (parts[4] === "*" || (origin.port || usual) === (parts[4] ?? usual));
  };

  if (!isAllowed(location.origin)) {
    console.error(
      `aika: this page may not show aika. An operator allows it in aika.toml: [server] embedded_in = ["${location.origin}"]`,
    );
    return;
  }

  const STYLES = `
    :host { all: initial; }
    * { box-sizing: border-box; }
    .shell { all: initial; position: fixed; z-index: 2147483000; inset-block-end: 20px; inset-inline-end: 20px; display: flex;
      flex-direction: column; align-items: flex-end; gap: 12px;
      font: 500 15px/1.25 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
      --surface: #ffffff; --edge: rgb(20 20 30 / 12%); --button: #1d1d22; --button-text: #ffffff; --ring: #4f6df5; }
    .shell[data-side="left"] { inset-inline: 20px auto; align-items: flex-start; }
    .shell[data-theme="dark"] { --surface: #17171b; --edge: rgb(255 255 255 / 14%); --button: #f4f4f6; --button-text: #17171b; }
    @media (prefers-color-scheme: dark) {
      .shell:not([data-theme="light"]) { --surface: #17171b; --edge: rgb(255 255 255 / 14%); --button: #f4f4f6;
        --button-text: #17171b; }
    }
    button { appearance: none; display: inline-flex; align-items: center; gap: 9px; min-height: 48px; padding: 0 20px 0 16px;
      border: 1px solid var(--edge); border-radius: 999px; background: var(--button); color: var(--button-text); font: inherit;
      cursor: pointer; box-shadow: 0 6px 24px rgb(0 0 0 / 18%), 0 1px 3px rgb(0 0 0 / 20%); transition: transform 120ms ease; }
    button:hover { transform: translateY(-1px); }
    button:focus-visible { outline: 3px solid var(--ring); outline-offset: 3px; }
    svg { width: 20px; height: 20px; flex: none; fill: none; stroke: currentcolor; stroke-width: 1.9; stroke-linecap: round;
      stroke-linejoin: round; }
    .panel { width: min(420px, calc(100vw - 32px)); height: min(660px, calc(100dvh - 110px)); border: 1px solid var(--edge);
      border-radius: 18px; overflow: hidden; background: var(--surface); box-shadow: 0 18px 60px rgb(0 0 0 / 26%);
      transform-origin: bottom right; animation: open 160ms ease-out; }
    .shell[data-side="left"] .panel { transform-origin: bottom left; }
    .panel[hidden] { display: none; }
    iframe { display: block; width: 100%; height: 100%; border: 0; background: var(--surface); color-scheme: normal; }
    @keyframes open { from { opacity: 0; transform: translateY(8px) scale(0.98); } }
    @media (max-width: 480px) {
      .panel { position: fixed; inset: 8px 8px 84px; width: auto; height: auto; }
    }
    @media (prefers-reduced-motion: reduce) { .panel { animation: none; } button { transition: none; } }
    @media (forced-colors: active) { button, .panel { border: 2px solid; } }
    @media print { .shell { display: none; } }
  `;
  const SPEECH = "M21 12a8 8 0 0 1-8 8H4l2.2-2.9A8 8 0 1 1 21 12Z M9 10.5h8 M9 14h5";
  const CROSS = "M6 6l12 12 M18 6L6 18";

  /** @param {string} path */
  const icon = (path) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  };

  const label = said.label || "Ask aika";
  const closing = said.close || "Close";

  const host = document.createElement(TAG);
  const shadow = host.attachShadow({ mode: "open" });
  // A sheet that is made is no inline style: the page's policy has nothing to say about it.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  shadow.adoptedStyleSheets = [sheet];

  const shell = document.createElement("div");
  shell.className = "shell";
  shell.dataset["side"] = said.side === "left" ? "left" : "right";
  if (said.theme === "light" || said.theme === "dark") {
    shell.dataset["theme"] = said.theme;
  }
  const panel = document.createElement("div");
  panel.className = "panel";
  panel.id = "panel";
  panel.hidden = true;
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", label);
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-controls", "panel");
  button.setAttribute("aria-haspopup", "dialog");
  shell.append(panel, button);
  shadow.append(shell);

  /** @type {HTMLIFrameElement | null} */
  let frame = null;

  const address = () => {
    const url = new URL("/embed", server);
    if (said.assistant) {
      url.searchParams.set("assistant", said.assistant);
    }
    if (said.theme) {
      url.searchParams.set("theme", said.theme);
    }
    return url.href;
  };

  /** @param {string} what */
  const tell = (what) => frame?.contentWindow?.postMessage({ aika: what }, server);

  /** @param {boolean} open */
  const show = (open) => {
    panel.hidden = !open;
    button.replaceChildren(icon(open ? CROSS : SPEECH), document.createTextNode(open ? closing : label));
    button.setAttribute("aria-expanded", String(open));
    if (!open) {
      return;
    }
    if (frame === null) {
      frame = document.createElement("iframe");
      frame.title = label;
      frame.allow = "clipboard-write";
      frame.referrerPolicy = "strict-origin";
      frame.addEventListener("load", () => {
        frame?.focus();
        tell("shown");
      });
      frame.src = address();
      panel.append(frame);
    } else {
      frame.focus();
      tell("shown");
    }
  };

  const close = () => {
    if (!panel.hidden) {
      show(false);
      button.focus();
    }
  };

  button.addEventListener("click", () => (panel.hidden ? show(true) : close()));
  shadow.addEventListener("keydown", (event) => {
    if (event instanceof KeyboardEvent && event.key === "Escape") {
      close();
    }
  });
  // Keys that are pressed in the frame do not reach this page: aika says when it is to be closed.
  window.addEventListener("message", (event) => {
    if (event.origin === server && event.source === frame?.contentWindow && event.data?.aika === "close") {
      close();
    }
  });

  show(false);
  const add = () => document.body.append(host);
  if (document.body === null) {
    document.addEventListener("DOMContentLoaded", add, { once: true });
  } else {
    add();
  }
})();
