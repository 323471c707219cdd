// What the pages do better with a script: search while typing, the name as the
// bank will see it, no double sending, and a way back that keeps what was typed.
// Everything here has a way without it; whatever fails falls back to that.
"use strict";

const wait = (ms, run) => {
  let timer;
  return (...args) => { clearTimeout(timer); timer = setTimeout(run, ms, ...args); };
};

// search makes a combobox with a list out of a search field (ARIA Authoring
// Practices, "editable combobox with list autocomplete").
function search(field) {
  const input = field.querySelector("input:not([type=hidden]):not([type=radio])");
  const list = document.createElement("ul");
  const said = document.createElement("p");
  Object.assign(list, { id: input.id + "-list", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.querySelector("label").textContent);
  said.className = "unseen";
  said.setAttribute("role", "status");
  input.closest(".row").after(list, said);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) input.setAttribute(name, value);
  field.querySelector(".second").tabIndex = -1;
  field.querySelector(".second").setAttribute("aria-hidden", "true");
  field.classList.add("live");

  let active = -1, asked = 0;
  const code = () => field.querySelector(`input[type=hidden]`);
  const setCode = (value) => {
    if (!code()) {
      field.querySelector(".options")?.remove();
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name: field.dataset.code });
      field.append(hidden);
    }
    if (code().value === value) return;
    code().value = value;
    field.dispatchEvent(new CustomEvent("code", { bubbles: true }));
  };
  const close = () => {
    list.hidden = true; active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (to) => {
    const options = list.querySelectorAll("[role=option]");
    if (!options.length) return;
    active = (to + options.length) % options.length;
    options.forEach((o, i) => o.setAttribute("aria-selected", String(i === active)));
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  };
  const take = (option) => {
    input.value = `${option.dataset.name}（${option.dataset.code}）`;
    input.removeAttribute("aria-invalid");
    setCode(option.dataset.code);
    close();
    said.classList.add("unseen");
    said.textContent = input.value;
  };
  const ask = async () => {
    const query = input.value.trim(), turn = ++asked;
    const bank = field.form?.querySelector("[name=bank][type=hidden], [name=bank]:checked")?.value ?? "";
    said.textContent = "";
    if (!query) return close();
    if (field.dataset.first && !bank) { said.textContent = field.dataset.first; return close(); }
    const answer = await fetch(`${field.dataset.search}?${new URLSearchParams({ q: query, bank })}`).catch(() => null);
    if (turn !== asked || !answer?.ok) return;
    const found = await answer.json();
    if (turn !== asked || document.activeElement !== input) return;
    list.replaceChildren(...found.map((o, i) => {
      const item = document.createElement("li"), more = document.createElement("small");
      item.id = `${list.id}-${i}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      Object.assign(item.dataset, { code: o.code, name: o.name });
      item.lang = "ja";
      item.textContent = o.name;
      more.textContent = `${o.code} ${o.kana}`;
      item.append(more);
      return item;
    }));
    active = -1;
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    said.textContent = found.length ? field.dataset.count.replace("{n}", found.length) : field.dataset.none;
    said.classList.toggle("unseen", found.length > 0);
  };
  const later = wait(150, ask);
  input.addEventListener("input", () => { setCode(""); later(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (e) => {
    if (e.isComposing) return;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (list.hidden) ask(); else mark(e.key === "ArrowDown" ? active + 1 : active < 0 ? -1 : active - 1);
    } else if (e.key === "Enter" && !list.hidden) {
      e.preventDefault();
      take(list.querySelectorAll("[role=option]")[Math.max(active, 0)]);
    } else if (e.key === "Escape" && !list.hidden) {
      e.preventDefault();
      close();
    } else if (e.key === "Tab" && !list.hidden && active >= 0) {
      take(list.querySelectorAll("[role=option]")[active]);
    }
  });
  // Before blur, which closes the list.
  list.addEventListener("mousedown", (e) => {
    e.preventDefault();
    const option = e.target.closest("[role=option]");
    if (option) take(option);
  });
  field.form = input.form;
}

// name shows an account name as the bank will see it.
function name(field) {
  const input = field.querySelector("input");
  const seen = document.createElement("p");
  seen.className = "seen";
  seen.setAttribute("role", "status");
  input.after(seen);
  let asked = 0;
  const ask = async () => {
    const turn = ++asked;
    if (!input.value.trim()) { seen.replaceChildren(); return; }
    const body = new URLSearchParams({ name: input.value, lang: field.dataset.lang });
    const answer = await fetch(field.dataset.name, { method: "POST", body }).catch(() => null);
    if (turn !== asked || !answer?.ok) return;
    const { text, errors } = await answer.json();
    if (turn !== asked || !input.isConnected) return;
    // What the server said of an earlier text is no longer true.
    field.querySelector(".fault:not(.seen)")?.remove();
    input.removeAttribute("aria-invalid");
    const strong = document.createElement("strong");
    strong.textContent = text;
    strong.lang = "ja";
    seen.classList.toggle("fault", errors.length > 0);
    if (errors.length) seen.textContent = errors.join("\n");
    else seen.replaceChildren(field.dataset.label + " ", strong);
  };
  input.addEventListener("input", wait(250, ask));
  if (!input.hasAttribute("aria-invalid")) ask();
}

// Japan Post's customers have symbol and number at hand, so choosing their bank
// turns the form over, once: whoever turns it back knows better.
let turned = false;
function postal(e) {
  if (e.target.dataset.code !== "bank") return;
  const form = e.target.form, branch = form.querySelector("[data-code=branch]");
  branch.querySelector(".options")?.remove();
  form.querySelector("#branch_query").value = "";
  const hidden = branch.querySelector("input[type=hidden]");
  if (hidden) hidden.value = "";
  if (turned || e.target.querySelector("input[type=hidden]").value !== "9900") return;
  turned = true;
  form.querySelector("#method-symbol").click();
  form.querySelector("#symbol").focus();
}

// copy puts a button beside a number that is typed elsewhere. Browsers copy only
// where the page came over TLS or from this machine.
function copy(field) {
  if (!navigator.clipboard || field.querySelector("button")) return;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "second copy", textContent: field.dataset.label });
  button.setAttribute("aria-live", "polite");
  // Which of several it copies is in the line above.
  const what = field.previousElementSibling;
  if (what?.tagName === "DT") {
    what.id ||= "copy-" + [...document.querySelectorAll("dt")].indexOf(what);
    button.id = what.id + "-button";
    button.setAttribute("aria-labelledby", `${button.id} ${what.id}`);
  }
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.dataset.copy);
    button.textContent = field.dataset.done;
  });
  field.append(button);
}

function enhance(main) {
  main.querySelectorAll("[data-copy]").forEach(copy);
  main.querySelectorAll("[data-search]").forEach(search);
  main.querySelectorAll("[data-name]").forEach(name);
  main.addEventListener("code", postal);
}

// The steps replace each other in one document. The browser's way back then
// finds the earlier step as it was left, and reloading starts with the link,
// which repeats nothing.
const steps = [];
let at = 0, busy = false;

const part = (doc) => ({ title: doc.title, lang: doc.documentElement.lang, nodes: [...doc.body.children] });

// arrived takes the place of autofocus, which is for a document's first page.
function arrived(doc) {
  const first = doc.querySelector("[autofocus]") ?? doc.querySelector("main");
  first.removeAttribute("autofocus");
  return first;
}

function show(step) {
  document.title = step.title;
  document.documentElement.lang = step.lang;
  document.body.replaceChildren(...step.nodes);
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  // Older browsers leave the pressed button out.
  if (button?.name && !body.has(button.name)) body.append(button.name, button.value);
  const answer = await fetch(button?.getAttribute("formaction") || form.getAttribute("action"), { method: "POST", body });
  if (!answer.headers.get("Content-Type")?.startsWith("text/html")) throw new Error("no page");
  if (answer.redirected) { location.replace(answer.url); return; }
  const doc = new DOMParser().parseFromString(await answer.text(), "text/html");
  const step = part(doc), first = arrived(doc);
  steps[at] = part(document);
  steps.length = ++at;
  history.pushState({ at }, "");
  show(step);
  enhance(document.querySelector("main"));
  steps[at] = part(document);
  scrollTo({ top: 0, behavior: "instant" });
  first.focus({ preventScroll: true });
}

document.addEventListener("submit", (e) => {
  // A field named "method" hides the form's own property.
  if (e.target.getAttribute("method") !== "post") return;
  e.preventDefault();
  if (busy) return;
  busy = true;
  e.target.setAttribute("aria-busy", "true");
  document.getElementById("offline")?.remove();
  send(e.target, e.submitter).catch(() => {
    // An answer that was lost may have done its work. Sending the same again
    // does nothing twice, so the form stays as it is.
    const said = document.createElement("p");
    Object.assign(said, { id: "offline", className: "notice", textContent: document.body.dataset.offline });
    said.setAttribute("role", "alert");
    e.target.append(said);
  }).finally(() => { busy = false; e.target.removeAttribute("aria-busy"); });
});

addEventListener("popstate", (e) => {
  steps[at] = part(document);
  at = e.state?.at ?? 0;
  if (steps[at]) { show(steps[at]); scrollTo({ top: 0, behavior: "instant" }); } else location.reload();
});

// A list of faults leads to its fields without filling the history.
document.addEventListener("click", (e) => {
  const link = e.target.closest(".faults a");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  e.preventDefault();
  target.focus();
  target.scrollIntoView({ block: "center" });
});

history.replaceState({ at: 0 }, "");
enhance(document.querySelector("main"));
