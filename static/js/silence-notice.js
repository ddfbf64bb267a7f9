// Say so when an action of the reader got no answer. Cards that ask by themselves say it in their own place.
const SHOWN_FOR = 8000;

customElements.define("silence-notice", class extends HTMLElement {
  connectedCallback() {
    for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.body.addEventListener(name, this);
  }

  handleEvent({ detail }) {
    const asked = detail.requestConfig?.triggeringEvent;
    if (!asked) return;
    this.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.hidden = true; }, SHOWN_FOR);
  }
});
