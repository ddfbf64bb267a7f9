// Change the theme at once, and let the server remember it.
customElements.define("theme-switch", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this);
  }

  async handleEvent(event) {
    event.preventDefault();
    const { target: form, submitter } = event;
    const root = document.documentElement;
    root.dataset.theme = submitter.value;
    this.querySelector(`button:not([value="${submitter.value}"])`).focus();
    const body = new FormData(form);
    body.set("theme", submitter.value);
    await fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true });
  }
});
