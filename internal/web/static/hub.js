// Small behaviours. Every page works without this file; it only makes things quicker.
import { toast } from "./toast.js";

const root = document.documentElement;

// Theme: that of the system until the person chooses; the server draws the choice from the cookie, so nothing flashes.
for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Lax; Secure`;
  });
}

// Dialog buttons use the native command/commandfor attributes; this covers browsers without them.
if (!("command" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[commandfor]");
    const target = button && document.getElementById(button.getAttribute("commandfor"));
    if (!target) return;
    const what = button.getAttribute("command");
    if (what === "show-modal") target.showModal();
    if (what === "close") target.close();
  });
}

// A dialog that the server drew open becomes a real modal dialog. Closing it shows the page below, which is there already, under
// its own address, with the element focused that opened the dialog.
for (const dialog of document.querySelectorAll("dialog[open][data-modal]")) {
  dialog.removeAttribute("open");
  dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
  dialog.addEventListener("close", () => {
    const back = new URL(dialog.dataset.back, location.href);
    const words = dialog.querySelector("h2").textContent;
    document.title = document.title.slice(Math.max(document.title.indexOf(words), 0)).replace(words, document.querySelector("h1").textContent);
    history.replaceState(null, "", back.pathname + back.search);
    (document.getElementById(back.hash.slice(1)) ?? document.getElementById("main")).focus();
  });
}
for (const link of document.querySelectorAll("dialog [data-close]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const dialog = link.closest("dialog");
    if (dialog.dispatchEvent(new Event("cancel", { cancelable: true }))) dialog.close();
  });
}

// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll("form[method=post]:not([data-reveal-form]):not([data-passkey])")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent !== undefined) { event.preventDefault(); return; }
    form.dataset.sent = "";
    const button = event.submitter;
    if (!button?.matches(".btn")) return;
    button.dataset.words = button.textContent;
    button.setAttribute("aria-busy", "true");
    button.textContent = document.body.dataset.busy;
  });
}
addEventListener("pageshow", (event) => { // somebody came back to a page that was kept as it was
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    const button = form.querySelector("[aria-busy]");
    if (button) { button.removeAttribute("aria-busy"); button.textContent = button.dataset.words; }
  }
});

// Select all, in tables and scope lists, and the live count beside it.
for (const all of document.querySelectorAll("[data-select-all]")) {
  const boxes = [...document.querySelectorAll(`[name="${all.dataset.selectAll}"]`)];
  const count = document.querySelector(`[data-count-for="${all.dataset.selectAll}"]`);
  const sync = () => {
    const on = boxes.filter((box) => box.checked).length;
    if (all.type === "checkbox") { all.checked = on > 0 && on === boxes.length; all.indeterminate = on > 0 && !all.checked; }
    if (count) count.textContent = on ? count.dataset.some.replace("{n}", String(on)) : count.dataset.none;
  };
  all.hidden = false;
  all.addEventListener(all.type === "checkbox" ? "change" : "click", () => {
    const on = all.type === "checkbox" ? all.checked : !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = on;
    sync();
  });
  for (const box of boxes) box.addEventListener("change", sync);
  sync();
}

// A list that shortens while somebody types what to find in it.
for (const find of document.querySelectorAll("[data-find]")) {
  const items = [...document.querySelectorAll(`#${find.dataset.find} > li`)];
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    for (const item of items) item.hidden = !item.textContent.toLowerCase().includes(wanted);
  });
}

// On a phone the tabs scroll: bring the current one into view.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// Password fields: show and hide.
for (const button of document.querySelectorAll("[data-show-password]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.showPassword);
    const show = field.type === "password";
    field.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
  });
}

// After too many attempts the button counts down, every ten seconds, and comes back by itself.
for (const remark of document.querySelectorAll("[data-wait]")) {
  const button = document.querySelector("form button:not([type])");
  if (!button) continue;
  const words = button.textContent;
  const until = Date.now() + Number(remark.dataset.wait) * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 && remark.dataset.waitText ? remark.dataset.waitText.replace("{seconds}", String(left)) : words;
    if (left > 0) setTimeout(tick, Math.min(left, 10) * 1000);
  };
  tick();
}

// What a page wants said once, without taking room.
for (const said of document.querySelectorAll("[data-toast]")) toast(said.dataset.toast);
