// Copy buttons, and the guard of secrets that are shown once.
import { toast } from "./toast.js";

async function write(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch { return false; /* no permission, or not https */ }
}

// A secret was taken: closing it needs no warning any more.
function saved(box) {
  box?.setAttribute("data-saved", "");
  box?.querySelector("[data-once-warning]")?.setAttribute("hidden", "");
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    const text = button.dataset.reveal ? await reveal(button.dataset.reveal) : source.value ?? source.textContent.trim();
    if (text === null) return;
    if (!await write(text)) { // let the person use the keyboard instead
      if (source.select) source.select(); else getSelection().selectAllChildren(source);
      toast(button.dataset.copyBlocked);
      return;
    }
    button.dataset.copied = "";
    if (!button.matches(".iconbtn")) saved(button.closest("[data-once]")); // an id beside the secret does not count
    toast(button.dataset.copyMessage);
    setTimeout(() => delete button.dataset.copied, 2500);
  });
}

// Selecting a secret with pointer or keyboard and copying it counts as saved too.
document.addEventListener("copy", () => saved(getSelection().anchorNode?.parentElement?.closest("[data-once]")));

// Closing a secret that nobody has copied asks once.
for (const dialog of document.querySelectorAll("dialog[data-once]")) {
  const warning = dialog.querySelector("[data-once-warning]");
  const guard = (event) => {
    if (dialog.hasAttribute("data-saved") || !warning.hidden) return;
    event.preventDefault();
    warning.hidden = false;
    warning.focus();
  };
  // Escape is caught as a key: browsers let nobody prevent "cancel" before the first click.
  dialog.addEventListener("keydown", (event) => { if (event.key === "Escape") guard(event); });
  dialog.addEventListener("cancel", guard);
  dialog.querySelector("form").addEventListener("submit", guard);
  dialog.querySelector("[autofocus]")?.focus(); // it has only now been shown
}

// Keys that can be shown again are not in the page: a click asks the server, which keeps account of it, and may want a fresh
// sign-in first.
async function reveal(address) {
  const answer = await fetch(address, { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" } });
  const told = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
  if (told.key) return told.key;
  location.assign(told.go ?? location.href);
  return null;
}

const shownFor = 30000; // milliseconds
for (const form of document.querySelectorAll("form[data-reveal-form]")) {
  const button = form.querySelector(".reveal");
  if (!button) continue; // it is shown already
  const masked = [...button.childNodes];
  let timer;
  const hide = () => { clearTimeout(timer); button.setAttribute("aria-pressed", "false"); button.replaceChildren(...masked); };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-pressed") === "true") { hide(); return; }
    const key = await reveal(form.dataset.revealForm);
    if (key === null) return;
    button.textContent = key;
    button.setAttribute("aria-pressed", "true");
    timer = setTimeout(hide, shownFor);
  });
}
