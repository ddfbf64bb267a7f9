// Cards of jobs: a clock that runs, news for the title and for screen readers, a word when the connection is down.
const SECOND = 1000;
const NEARLY_DONE = 95;
const pageTitle = document.title;
const said = new Map();

const clock = (seconds) => {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
};

// Whatever asks the server by itself: it says when nobody answers, and asks again on request.
class LiveElement extends HTMLElement {
  connectedCallback() {
    for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError", "htmx:afterOnLoad", "htmx:beforeSwap", "click"]) {
      this.addEventListener(name, this);
    }
    if (this.dataset.short) document.title = `${this.dataset.short} · ${pageTitle}`;
  }

  handleEvent(event) {
    if (event.type === "click") return this.onClick(event);
    if (event.detail.elt !== this) return undefined;
    if (event.type === "htmx:beforeSwap") {
      // A button under the reader's finger is not taken away.
      if (event.detail.requestConfig.verb === "get" && this.matches(":active")) event.detail.shouldSwap = false;
      return undefined;
    }
    return this.show(event.type !== "htmx:afterOnLoad" || event.detail.xhr.status >= 500);
  }

  onClick({ target }) {
    if (target.closest("[data-again]")) this.dispatchEvent(new CustomEvent("again"));
  }

  show(isLost) {
    for (const note of this.querySelectorAll("[data-lost]")) note.hidden = !isLost;
  }
}

customElements.define("job-list", class extends LiveElement {
  connectedCallback() {
    super.connectedCallback();
    if (this.dataset.done && document.title !== pageTitle) document.title = `${this.dataset.done} · ${pageTitle}`;
  }
});

customElements.define("job-card", class extends LiveElement {
  connectedCallback() {
    this.isListed = this.closest(".jobs") !== null;
    if (!this.isListed) super.connectedCallback();
    this.startedAt = Date.now() - Number(this.dataset.elapsed) * SECOND;
    if (this.querySelector("[data-clock]")) this.timer = setInterval(() => this.tick(), SECOND);
    this.tell();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  tick() {
    const elapsed = Math.round((Date.now() - this.startedAt) / SECOND);
    const caption = this.querySelector("[data-clock]");
    caption.textContent = caption.dataset.clock.replace("{time}", clock(elapsed));
    const guess = this.querySelector(".bar--guess");
    if (guess) guess.value = Math.min(NEARLY_DONE, (100 * elapsed) / Number(this.dataset.usual));
  }

  // What is new is read out; a card that has just taken the composer's place is given the focus as well.
  tell() {
    const { says } = this.dataset;
    const isNew = !said.has(this.id);
    const isNews = said.get(this.id) !== says && document.readyState === "complete";
    said.set(this.id, says);
    if (!isNews) return;
    document.getElementById("announcer").textContent = says;
    if (isNew && !this.isListed) this.querySelector("h1, h2")?.focus();
  }
});
