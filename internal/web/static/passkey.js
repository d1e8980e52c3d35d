// Passkeys. A form with data-passkey says where to fetch the question; the browser answers it, and the form carries the answer. So
// does a button with it, in a form that can also be sent without.
const can = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential && "toJSON" in PublicKeyCredential.prototype;

async function answer(asking) {
  const asked = await fetch(asking.dataset.passkey, { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" } });
  const question = await asked.json();
  if (question.go) { location.assign(question.go); return null; }
  if (asking.dataset.passkeyMake !== undefined) {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question) });
}

if (!can) {
  for (const part of document.querySelectorAll("[data-passkey-part]")) part.hidden = true;
  for (const remark of document.querySelectorAll("[data-passkey-cannot]")) remark.classList.remove("unscripted");
}

for (const asking of can ? document.querySelectorAll("[data-passkey]") : []) {
  const form = asking.closest("form");
  const button = asking === form ? [...form.elements].find((part) => part.type === "submit") : asking;
  const failed = form.querySelector("[data-passkey-failed]") ?? document.querySelector("[data-passkey-failed]");
  button.disabled = false;
  asking.addEventListener(asking === form ? "submit" : "click", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    failed.hidden = true;
    try {
      const found = await answer(asking);
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
