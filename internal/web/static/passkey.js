// Passkeys. A form with data-passkey says where to fetch the question; the browser answers it, and the form carries the answer.
const can = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential && "toJSON" in PublicKeyCredential.prototype;

async function answer(form) {
  const asked = await fetch(form.dataset.passkey, { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" } });
  const question = await asked.json();
  if (question.go) { location.assign(question.go); return null; }
  if (form.dataset.passkeyMake !== undefined) {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question) });
}

if (!can) {
  for (const part of document.querySelectorAll("[data-passkey-part]")) part.hidden = true;
}

for (const form of can ? document.querySelectorAll("form[data-passkey]") : []) {
  const button = form.querySelector("button");
  const failed = form.querySelector("[data-passkey-failed]");
  button.disabled = false;
  form.querySelector("[data-passkey-cannot]")?.remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    failed.hidden = true;
    try {
      const found = await answer(form);
      if (!found) return;
      form.elements.passkey.value = JSON.stringify(found.toJSON());
      const remember = document.querySelector("[name=rememberMe]");
      if (remember?.checked) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "rememberMe", value: "on" }));
      form.submit();
    } catch { // the person said no, or no passkey fits
      button.removeAttribute("aria-busy");
      failed.hidden = false;
    }
  });
}
