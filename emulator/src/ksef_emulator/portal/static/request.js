// The page „Wnioskuj o certyfikat": rules ticked while one writes, the key pair and the request made here.

import { base64 } from "./der.js";
import { encryptedKey, newPair, request } from "./keys.js";

const RULES = {
  long: (text) => text.length >= 15,
  upper: (text) => /[A-Z]/.test(text),
  lower: (text) => /[a-z]/.test(text),
  digit: (text) => /[0-9]/.test(text),
  special: (text) => /[!@#%&*()_+=]/.test(text),
  short: (text) => text.length > 0 && text.length <= 32,
  latin: (text) => text.length > 0 && !/[ąćęłńóśźż]/i.test(text),
  others: (text) => text.length > 0 && /^[A-Za-z0-9!@#%&*()_+=ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]*$/.test(text),
};
const NAME = /^[a-zA-Z0-9_\- ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]{5,100}$/;

const making = document.querySelector("#making");
const sending = document.querySelector("#sending");
const [name, password, again] = ["name", "password", "again"].map((id) => document.querySelector(`#${id}`));
const generate = document.querySelector("#generate");
const said = document.querySelector("#said");

function judge() {
  const nameHolds = NAME.test(name.value.trim());
  show(document.querySelector("#rule-name"), nameHolds, name.value);
  let holds = true;
  for (const [rule, test] of Object.entries(RULES)) {
    const passed = test(password.value);
    show(document.querySelector(`#rule-${rule}`), passed, password.value);
    holds &&= passed;
  }
  const same = again.value === password.value;
  show(document.querySelector("#rule-again"), same && again.value !== "", again.value);
  return nameHolds && holds && same;
}

function show(line, holds, written) {
  line.dataset.state = written === "" ? "unknown" : holds ? "yes" : "no";
  line.querySelector(".said").textContent = written === "" ? "" : line.closest("[data-yes]").dataset[holds ? "yes" : "no"];
}

function save(text, fileName) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

async function make() {
  if (!judge()) {
    said.textContent = making.dataset.unfit;
    making.querySelector("[data-state=no] ~ input, [data-state=no]")?.scrollIntoView({ block: "center" });
    return;
  }
  generate.disabled = true;
  said.textContent = making.dataset.working;
  const pair = await newPair(making.elements.kind.value);
  const der = await request(pair, JSON.parse(making.dataset.subject));
  save(await encryptedKey(pair.privateKey, password.value), `${name.value.trim()}.key`);
  sending.elements.name.value = name.value.trim();
  sending.elements.csr.value = base64(der);
  document.querySelector("#key-file").textContent = `${name.value.trim()}.key`;
  password.value = "";
  again.value = "";
  making.hidden = true;
  sending.hidden = false;
  sending.querySelector("h2").focus();
}

if (window.crypto?.subtle) {
  making.hidden = false;
  for (const field of [name, password, again]) field.addEventListener("input", judge);
  making.addEventListener("submit", (event) => {
    event.preventDefault();
    make().catch((error) => {
      generate.disabled = false;
      said.textContent = `${making.dataset.failed} (${error.message})`;
    });
  });
  judge();
} else {
  document.querySelector("#no-crypto").hidden = false;
}
