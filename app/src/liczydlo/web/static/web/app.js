/* What the browser itself is the point of: drag and drop, confirm sheets, copying, busy forms. Pages work without it. */
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.remove("no-js");

  const fill = (drop) => {
    const input = drop.querySelector("input[type=file]");
    const got = drop.querySelector("[data-got]");
    const files = [...input.files];
    drop.toggleAttribute("data-filled", files.length > 0);
    if (got) got.textContent = files.map((f) => `${f.name} (${size(f.size)})`).join(", ");
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
        const taken = new DataTransfer();
        for (const file of input.multiple ? event.dataTransfer.files : [event.dataTransfer.files[0]]) taken.items.add(file);
        input.files = taken.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
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
    const closer = event.target.closest("[data-closes]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog")?.close();
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
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-busy]")) {
      setTimeout(() => event.target.classList.add("busy"), 0);
    }
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form.busy").forEach((form) => form.classList.remove("busy"));
    document.querySelectorAll("[data-drop]").forEach(fill);
  });
})();
