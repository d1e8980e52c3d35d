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

// A dialog that the server drew open becomes a real modal dialog.
for (const dialog of document.querySelectorAll("dialog[open][data-modal]")) {
  dialog.removeAttribute("open");
  dialog.showModal();
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
