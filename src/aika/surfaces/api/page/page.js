// A plain page to ask on. Everything that comes from documents or models is set as text, never as HTML.
"use strict";

const turns = document.getElementById("turns");
const form = document.getElementById("ask");
const input = document.getElementById("question");
const choice = document.getElementById("assistant");
let conversation = null;
let assistants = [];

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function safeLink(url) {
  return url && /^(https?:|mailto:|\/|#)/i.test(url) ? url : null;
}

// Inline Markdown: code, bold, links and footnote markers.
function inline(text, prefix) {
  const found = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)|\[(\d+)\]/g;
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(found)) {
    parts.push(text.slice(last, match.index));
    last = match.index + match[0].length;
    const [whole, code, bold, label, url, marker] = match;
    if (code !== undefined) parts.push(element("code", {}, code));
    else if (bold !== undefined) parts.push(element("strong", {}, ...inline(bold, prefix)));
    else if (marker !== undefined) parts.push(element("sup", {}, element("a", { href: `#${prefix}-${marker}` }, `[${marker}]`)));
    else if (safeLink(url)) parts.push(element("a", { href: url, rel: "noreferrer", target: "_blank" }, label));
    else parts.push(whole);
  }
  parts.push(text.slice(last));
  return parts;
}

function isTableRow(line) {
  return /^\s*\|.*\|\s*(\[\d+\]\s*)*$/.test(line);
}

function table(lines, prefix) {
  const rows = lines.filter((line) => !/^\s*\|[\s:|-]+\|\s*$/.test(line));
  return element("table", {}, ...rows.map((line) => {
    const cells = line.trim().replace(/^\||\|(?=(\s*\[\d+\])*\s*$)/g, "").split("|");
    return element("tr", {}, ...cells.map((cell) => element("td", {}, ...inline(cell.trim(), prefix))));
  }));
}

// Block Markdown: fenced code, headings, lists, quotes, tables, paragraphs.
function markdown(text, prefix) {
  const lines = text.split("\n");
  const blocks = [];
  let at = 0;
  const take = (test) => {
    const taken = [];
    while (at < lines.length && test(lines[at])) taken.push(lines[at++]);
    return taken;
  };
  while (at < lines.length) {
    const line = lines[at];
    const fence = line.match(/^\s*(```+|~~~+)/);
    const item = /^\s*(?:[-*+]|\d+[.)])\s+/;
    if (!line.trim()) at += 1;
    else if (fence) {
      at += 1;
      const code = take((next) => !next.trim().startsWith(fence[1]));
      at += 1;
      blocks.push(element("pre", {}, element("code", {}, code.join("\n"))));
    } else if (/^#{1,6}\s/.test(line)) {
      at += 1;
      blocks.push(element("p", {}, element("strong", {}, ...inline(line.replace(/^#+\s*/, ""), prefix))));
    } else if (isTableRow(line)) blocks.push(table(take(isTableRow), prefix));
    else if (item.test(line)) {
      const ordered = /^\s*\d/.test(line);
      const items = take((next) => item.test(next) || /^\s{2,}\S/.test(next));
      const joined = items.reduce((all, next) => (item.test(next) ? [...all, next.replace(item, "")] : [...all.slice(0, -1), `${all.at(-1)} ${next.trim()}`]), []);
      blocks.push(element(ordered ? "ol" : "ul", {}, ...joined.map((entry) => element("li", {}, ...inline(entry, prefix)))));
    } else if (/^\s*>/.test(line)) {
      const quoted = take((next) => /^\s*>/.test(next)).map((next) => next.replace(/^\s*>\s?/, ""));
      blocks.push(element("blockquote", {}, ...markdown(quoted.join("\n"), prefix)));
    } else {
      const paragraph = take((next) => next.trim() && !/^\s*(```|~~~|#{1,6}\s|>)/.test(next) && !item.test(next) && !isTableRow(next));
      if (!paragraph.length) paragraph.push(lines[at++]);
      blocks.push(element("p", {}, ...inline(paragraph.join(" "), prefix)));
    }
  }
  return blocks;
}

function about(entry) {
  const parts = [entry.source];
  if (entry.owner) parts.push(`owner: ${entry.owner.name}${entry.owner.contact ? ` (${entry.owner.contact})` : ""}`);
  if (entry.modified_at) parts.push(`changed ${entry.modified_at.slice(0, 10)}`);
  if (entry.status) parts.push(entry.status);
  return parts.join(" · ");
}

function titled(entry, url) {
  return safeLink(url) ? element("a", { href: url, rel: "noreferrer", target: "_blank" }, entry.title) : entry.title;
}

function sources(completion, prefix) {
  const cited = completion.citations.map((citation) =>
    element("li", { id: `${prefix}-${citation.marker}` }, `[${citation.marker}] `, titled(citation.document, citation.url),
      element("p", { class: "about" }, about(citation.document)), element("blockquote", {}, citation.quote)));
  const nearest = completion.nearest.map((hit) =>
    element("li", {}, "Nearest: ", titled(hit.document, hit.url), element("p", { class: "about" }, about(hit.document))));
  return element("ul", { class: "sources" }, ...cited, ...nearest);
}

function feedback(id) {
  const box = element("div", { class: "feedback" }, element("span", { class: "about" }, "Did this help?"));
  for (const [label, rating] of [["Yes", "helpful"], ["No", "not_helpful"]]) {
    const button = element("button", { type: "button" }, label);
    button.addEventListener("click", async () => {
      const reply = await fetch(`/v1/answers/${id}/feedback`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ rating }),
      });
      box.replaceChildren(element("span", { class: "about" }, reply.ok ? "Thank you." : "That could not be saved."));
    });
    box.append(button);
  }
  return box;
}

function confidence(completion) {
  const share = Math.round(completion.confidence.value * 100);
  const line = element("p", { class: "about" }, `Confidence ${share} % (${completion.confidence.band})`);
  line.title = completion.confidence.signals.map((signal) => signal.explanation).join("\n");
  return line;
}

function show(box, completion, prefix) {
  const origin = completion.origin === "general" ? [element("p", { class: "about" }, "From the language model's general knowledge, not from your documents.")] : [];
  const notes = completion.notes.map((note) => element("p", { class: "about" }, note));
  box.classList.remove("provisional");
  box.replaceChildren(...origin, ...markdown(completion.text, prefix), sources(completion, prefix), ...notes, confidence(completion), feedback(completion.id));
}

async function* events(reply) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line.startsWith("data: ")) yield JSON.parse(line.slice(6));
  }
}

async function ask(question) {
  const prefix = `s${turns.childElementCount}`;
  const box = element("section", { class: "answer provisional" }, element("p", { class: "about" }, "Looking…"));
  const asked = element("p", { class: "question" }, question);
  turns.append(asked, box);
  asked.scrollIntoView({ block: "start" });
  let draft = "";
  try {
    const reply = await fetch("/v1/chat/complete", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        messages: [{ role: "user", content: question }], conversation_id: conversation, assistant: choice.value || null, stream: true,
      }),
    });
    if (!reply.ok) throw new Error((await reply.json()).detail);
    for await (const event of events(reply)) {
      if (event.type === "retrieved") conversation = event.conversation_id;
      else if (event.type === "delta") box.replaceChildren(...markdown((draft += event.text), prefix));
      else if (event.type === "failed") throw new Error(event.problem.detail);
      else {
        conversation = event.completion.conversation_id;
        show(box, event.completion, prefix);
      }
    }
  } catch (error) {
    box.classList.remove("provisional");
    box.replaceChildren(element("p", {}, `That did not work: ${error.message}`));
  }
  asked.scrollIntoView({ block: "start", behavior: "smooth" });
}

// What an assistant may know, in words. Sources that hold nothing for the asker are not named by the server.
function knowledge(filter) {
  const names = { sources: "sources", kinds: "kinds", owners: "owned by", tags: "tagged", paths: "paths", status: "status", audience: "for" };
  const parts = Object.entries(names).filter(([name]) => filter[name]).map(([name, word]) => `${word}: ${filter[name].join(", ") || "none that you may read"}`);
  if (filter.topic) parts.push("one topic");
  const without = filter.excluding.map(knowledge).map((left) => `without ${left}`);
  return [...parts, ...without].join(" · ") || "all that you may read";
}

function choose() {
  conversation = null;
  const one = assistants.find((assistant) => assistant.id === choice.value);
  const examples = one ? one.examples.map((question) => {
    const button = element("button", { type: "button" }, question);
    button.addEventListener("click", () => ask(question));
    return button;
  }) : [];
  document.getElementById("chosen").replaceChildren(...(one ? [
    element("p", {}, one.purpose),
    element("p", { class: "about" }, `Knows ${knowledge(one.knowledge)}`),
    element("p", {}, one.greeting),
    element("p", { class: "examples" }, ...examples),
  ] : []));
}

async function offer() {
  const reply = await fetch("/v1/assistants");
  assistants = reply.ok ? await reply.json() : [];
  const wanted = new URLSearchParams(location.search).get("assistant");
  choice.replaceChildren(element("option", { value: "" }, "everything"), ...assistants.map((one) => element("option", { value: one.id }, one.name)));
  const found = assistants.find((one) => wanted && [one.id, one.reference.toLowerCase()].includes(wanted.toLowerCase()));
  choice.value = found ? found.id : "";
  document.getElementById("choice").hidden = !assistants.length;
  choose();
  if (wanted && !found) document.getElementById("chosen").append(element("p", {}, `There is no assistant "${wanted}" that you can use.`));
  return found || !wanted;
}

async function state() {
  const reply = await fetch("/v1/sources");
  if (!reply.ok) return;
  const all = await reply.json();
  const sum = (name) => all.reduce((total, source) => total + source[name], 0);
  const [documents, findable, embedded] = [sum("documents"), sum("findable"), sum("embedded")];
  const syncing = all.some((source) => source.last_sync && source.last_sync.phase === "running");
  const pending = findable < documents ? ` · ${documents - findable} to be indexed` : embedded < documents ? ` · ${documents - embedded} searched by words only so far` : "";
  document.getElementById("state").textContent = `${documents} documents from ${all.length} sources${pending}`;
  if (pending || syncing || !documents) setTimeout(state, 2000);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = input.value.trim();
  if (!question) return;
  input.value = "";
  ask(question);
});
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    form.requestSubmit();
  }
});
choice.addEventListener("change", choose);
const preset = new URLSearchParams(location.search).get("q");
// A question that was meant for an assistant is not put to all documents instead.
offer().then((ready) => preset && ready && ask(preset));
state();
