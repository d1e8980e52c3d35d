// Copy buttons, and the guard of secrets that are shown once.
import { toast } from "./toast.js";

async function write(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch { return false; /* no permission, or not https */ }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    if (!await write(source.value ?? source.textContent.trim())) { // let the person use the keyboard instead
      getSelection().selectAllChildren(source);
      toast(button.dataset.copyBlocked);
      return;
    }
    button.dataset.copied = "";
    button.closest("[data-once]")?.setAttribute("data-saved", "");
    toast(button.dataset.copyMessage);
    setTimeout(() => delete button.dataset.copied, 2500);
  });
}

// Selecting a secret with pointer or keyboard and copying it counts as saved too.
document.addEventListener("copy", () => getSelection().anchorNode?.parentElement?.closest("[data-once]")?.setAttribute("data-saved", ""));
