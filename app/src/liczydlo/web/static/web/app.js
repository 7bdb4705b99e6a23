/* What the browser itself is the point of: drag and drop, confirm sheets, copying, busy forms. Pages work without it. */
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.remove("no-js");
  for (const here of document.querySelectorAll(".segments [aria-current], .tabs [aria-current]")) {
    const row = here.parentElement; // on a phone the row scrolls: what is current comes into sight
    const [inner, outer] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
    row.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  }

  const fill = (drop) => {
    const input = drop.querySelector("input[type=file]");
    const got = drop.querySelector("[data-got]");
    const seen = drop.querySelector("[data-seen]");
    const peek = drop.parentElement.querySelector("[data-peek]");
    const files = [...input.files];
    drop.toggleAttribute("data-filled", files.length > 0);
    input.removeAttribute("aria-invalid");
    if (got) got.textContent = files.map((f) => `${f.name} (${size(f.size)})`).join(", ");
    if (!seen) return;
    const most = Number(drop.dataset.max || Infinity);
    const tooBig = files.some((f) => f.size > most);
    drop.toggleAttribute("data-too-big", tooBig);
    seen.textContent = tooBig ? drop.dataset.tooLarge : "";
    if (peek && files.length && !seen.textContent) peek.dispatchEvent(new CustomEvent("peek"));
  };
  const put = (input, files) => {
    const taken = new DataTransfer();
    for (const file of files) taken.items.add(file);
    input.files = taken.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  // Two files dropped at once into a pair of fields: the key's by its name, the other one is the certificate.
  const pairUp = (form, files) => {
    const inputs = form.querySelectorAll("[data-drop] input[type=file]");
    const [first, second] = files;
    const key = /\.key$/i.test(second.name) || /\.(crt|cer|cert)$/i.test(first.name) ? second : first;
    put(inputs[0], [key]);
    put(inputs[1], [key === first ? second : first]);
  };
  const size = (bytes) => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toLocaleString(root.lang, { maximumFractionDigits: 1 })} kB`);

  document.addEventListener("change", (event) => {
    const drop = event.target.closest?.("[data-drop]");
    if (drop) fill(drop);
    const form = event.target.closest?.("form[data-submit-on-change]");
    if (form) form.requestSubmit();
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const drop = event.target.closest?.("[data-drop]");
      if (!drop) return;
      event.preventDefault();
      drop.toggleAttribute("data-over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) {
        const input = drop.querySelector("input[type=file]");
        const files = [...event.dataTransfer.files];
        const pair = drop.closest("form[data-pair]");
        if (pair && files.length === 2) pairUp(pair, files);
        else put(input, input.multiple ? files : files.slice(0, 1));
      }
    });
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const sheet = document.getElementById(opener.dataset.opens);
      if (sheet?.showModal) {
        event.preventDefault();
        sheet.showModal();
      }
    }
    const checker = event.target.closest("[data-checks]");
    for (const box of checker ? checker.form.elements : []) {
      if (box.type === "checkbox" && box.name === checker.dataset.checks) box.checked = checker.checked;
    }
    const closer = event.target.closest("[data-closes]");
    const opened = closer?.closest("dialog[open]");
    if (opened) {
      event.preventDefault();
      opened.close();
    }
    const copier = event.target.closest("[data-copies]");
    if (copier) {
      const source = document.getElementById(copier.dataset.copies);
      navigator.clipboard?.writeText(source ? source.innerText : copier.dataset.text || "").then(() => {
        const before = copier.textContent;
        copier.textContent = copier.dataset.done || "✓";
        setTimeout(() => { copier.textContent = before; }, 1500);
      });
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  // A combobox of ARIA: the server sends the options, arrows and Enter choose one. With data-first the first one is
  // marked by itself, and Enter never sends the form.
  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const optionsOf = (input) => [...listOf(input).querySelectorAll("[role=option]:not([aria-disabled])")];
  const mark = (input, option) => {
    for (const one of optionsOf(input)) one.setAttribute("aria-selected", String(one === option));
    if (!option) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const open = (input, shown) => {
    listOf(input).hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
    mark(input, shown && input.hasAttribute("data-first") ? optionsOf(input)[0] : null);
  };
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.getAttribute?.("role") !== "listbox") return;
    const input = document.querySelector(`[aria-controls="${event.target.id}"]`);
    open(input, input === document.activeElement && event.target.childElementCount > 0);
  });
  document.addEventListener("keydown", (event) => {
    const input = event.target.closest?.("[role=combobox]");
    if (!input) return;
    const options = optionsOf(input);
    const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const shown = !listOf(input).hidden;
    if (event.key === "Enter") {
      if ((shown && at >= 0) || input.hasAttribute("data-first")) event.preventDefault();
      if (shown && at >= 0) options[at].click();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!options.length) return;
      event.preventDefault();
      const next = event.key === "ArrowDown" ? at + 1 : at < 0 ? options.length - 1 : at - 1;
      if (!shown) open(input, true);
      mark(input, options[(next + options.length) % options.length]);
    } else if (shown && (event.key === "Escape" || event.key === "Tab")) {
      if (event.key === "Escape") event.preventDefault();
      open(input, false);
    }
  });
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("[role=listbox]")) event.preventDefault(); // the field keeps its focus
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.getAttribute?.("role") === "combobox") open(event.target, false);
  });
  document.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]:not([aria-disabled])");
    if (option) document.activeElement.blur(); // what the answer brings takes the focus
  });
  document.addEventListener("submit", (event) => {
    // a button with an address of its own may bring a file, where the page stays and nothing would end its waiting:
    // it says itself when it does not
    const waiting = event.submitter?.hasAttribute("formaction") ? event.submitter : event.target;
    if (waiting.matches("[data-busy]")) setTimeout(() => waiting.classList.add("busy"), 0);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    event.target.closest?.("form.busy")?.classList.remove("busy");
  });
  // An error that came alone: tie it to its field and bring it to whoever reads.
  document.addEventListener("htmx:afterSwap", (event) => {
    const error = event.target.querySelector?.("[data-error]");
    if (!error) return;
    const form = event.target.closest("form");
    for (const field of form?.querySelectorAll("[aria-invalid]") ?? []) {
      field.removeAttribute("aria-invalid");
      field.setAttribute("aria-describedby", (field.getAttribute("aria-describedby") || "").replace(/ ?\bblad\b/, ""));
    }
    const field = error.dataset.errorField && form?.elements.namedItem(error.dataset.errorField);
    const text = error.querySelector("[id]");
    if (field) {
      field.setAttribute("aria-invalid", "true");
      if (text) field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") || ""} ${text.id}`.trim());
    }
    error.focus();
  });
  // The rate of exchange is asked for anew when what its day depends on has changed, and never put over what is being
  // typed: an answer that comes meanwhile waits until the field is left.
  document.addEventListener("change", (event) => {
    const part = document.getElementById("exchange");
    const is = /^(currency|exchange_rate|issue_date|sale_date|period_ends|lines-\d+-rate)$/.test(event.target.name);
    if (part && is) part.dispatchEvent(new Event("refresh"));
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    if (part.id !== "exchange" || !part.contains(document.activeElement)) return;
    event.detail.shouldSwap = false;
    part.dataset.late = "";
  });
  document.addEventListener("focusout", (event) => {
    const part = event.target.closest?.("#exchange[data-late]");
    if (!part) return;
    delete part.dataset.late;
    part.dispatchEvent(new Event("refresh"));
  });
  document.addEventListener("htmx:afterSwap", (event) => { // the sums have tax in złoty
    if (event.detail.target.id === "exchange") document.querySelector("#lines tbody")?.dispatchEvent(new Event("change"));
  });
  // A document's last minutes; when they are over, the page is asked for what to do now.
  for (const shown of document.querySelectorAll("[data-until]")) {
    const until = Date.parse(shown.dataset.until);
    const tick = () => {
      const left = Math.round((until - Date.now()) / 1000);
      if (left < 0) { location.replace(location.pathname); return; }
      shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      setTimeout(tick, 1000);
    };
    tick();
  }
  // Shortcuts of a long form: they are listed in its dialog, which „?" opens.
  document.addEventListener("keydown", (event) => {
    const sheet = document.querySelector("dialog[data-shortcuts]");
    if (!sheet || event.defaultPrevented || event.isComposing) return;
    const form = document.getElementById("invoice-form");
    if (event.key === "?" && !event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) {
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) sheet.showModal();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && (form.contains(event.target) || event.target === document.body)) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "Enter" && !event.shiftKey && event.target.matches(".lines-table input:not([type=checkbox])")) {
      // the last line begins the next one; in the others Enter sends nothing that is not finished
      event.preventDefault();
      const fields = [...document.querySelectorAll(".lines-table input[name$='-name']")];
      const number = Number(event.target.name.split("-")[1]);
      if (number < fields.length - 1) fields[number + 1].focus();
      else if (fields[number]?.value.trim()) form.querySelector("button[name=add]").click();
    }
  });
  // On the page after that form the same keys open the sheet of the proposed way, in which Enter confirms. A key that is
  // held down goes no further: it was pressed on the page before.
  document.addEventListener("keydown", (event) => {
    const next = document.querySelector("[data-proceeds]");
    if (!next || event.defaultPrevented || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    if (event.target.closest("form, a, button, dialog") && event.target !== next) return;
    event.preventDefault();
    if (!event.repeat && !document.querySelector("dialog[open]")) next.click();
  });
  // Rows copied in a spreadsheet go from any field of the lines to where the server reads them.
  document.addEventListener("paste", (event) => {
    const field = event.target.closest?.(".lines-table") && document.getElementById("id_pasted");
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!field || !/\t|\n./.test(text.trim())) return;
    event.preventDefault();
    field.value = text;
    field.form.querySelector("button[name=paste]").click();
  });
  // Seconds in which something can be taken back; what comes then, the page asks for by itself.
  for (const shown of document.querySelectorAll("[data-left]")) {
    const until = performance.now() + Number(shown.textContent) * 1000;
    const tick = () => {
      const left = Math.max(0, Math.ceil((until - performance.now()) / 1000));
      shown.textContent = String(left);
      if (left) setTimeout(tick, 250);
    };
    tick();
  }
  // What is typed into a long form is kept while it is typed; the page that is opened again offers it. A page on which
  // that is still to be decided keeps nothing over it.
  const keeper = { timer: 0, changed: false, leaving: false, sending: null };
  const keep = async () => {
    clearTimeout(keeper.timer);
    const form = document.querySelector("form[data-keeps]");
    const said = document.getElementById("kept");
    if (!form || !keeper.changed || keeper.leaving) return;
    if (form.hasAttribute("data-undecided")) { said.textContent = said.dataset.undecided; return; }
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "" && typeof value === "string") fields.append(name, value);
    const body = fields.toString();
    if (body.length > Number(form.dataset.most)) { said.textContent = said.dataset.tooLarge; return; }
    keeper.changed = false;
    keeper.sending?.abort();
    const sending = keeper.sending = new AbortController();
    try {
      const answer = await fetch(form.dataset.keeps, {
        method: "POST", body: fields, redirect: "error", signal: sending.signal,
        keepalive: body.length < 60000, // browsers take no more with a page that goes away
      });
      if (answer.status !== 204) throw new Error(answer.status);
      const replaced = answer.headers.has("Liczydlo-Replaced") ? `, ${said.dataset.replaced}` : "";
      said.textContent = `${said.dataset.saved} ${answer.headers.get("Liczydlo-Saved-At")}${replaced}`;
    } catch {
      if (sending.signal.aborted) return; // a later one, or the form itself, is on its way
      keeper.changed = true;
      said.textContent = said.dataset.failed;
    }
  };
  const keepSoon = () => {
    keeper.changed = true;
    clearTimeout(keeper.timer);
    keeper.timer = setTimeout(keep, 2000);
  };
  document.addEventListener("input", (event) => { if (event.target.form?.dataset.keeps) keepSoon(); });
  document.addEventListener("htmx:afterSettle", (event) => { // a button's answer: a line more, a buyer from the list
    const by = event.detail.requestConfig?.elt;
    if (by?.matches?.("button, [role=option]") && event.target.closest?.("form[data-keeps]")) keepSoon();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-keeps]") || event.defaultPrevented) return;
    keeper.leaving = true;
    keeper.sending?.abort();
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
  window.addEventListener("pagehide", keep);
  window.addEventListener("pageshow", () => { keeper.leaving = false; });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form.busy").forEach((form) => form.classList.remove("busy"));
    document.querySelectorAll("[data-drop]").forEach(fill);
  });
})();
