// Lets a form of passkeys be sent: asks the browser for one, and sends what it answers with the form.
// The page says in its own words what becomes of it. A form without this script, or in a browser without passkeys, stays hidden: the rest of its page does without.
"use strict";

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [button, status] = [form.querySelector("button"), form.querySelector("[role=status]")];
    button.disabled = true;
    status.textContent = form.dataset.waiting;
    try {
      const answer = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      const options = await answer.json();
      if (!answer.ok) throw new Error(options.problems?.[0]?.found ?? options.detail);
      const credential = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch (error) {
      const known = { InvalidStateError: form.dataset.known, NotAllowedError: form.dataset.denied };
      status.textContent = known[error.name] ?? `${form.dataset.failed} ${error.message}`;
      button.disabled = false;
    }
  });
}
