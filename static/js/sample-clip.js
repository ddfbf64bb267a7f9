// Samples move only where they are not in the way: one at a time, silent, and by themselves only for who likes that.
const isCalm = () => matchMedia("(prefers-reduced-motion: reduce), (prefers-reduced-data: reduce)").matches || Boolean(navigator.connection?.saveData);
const INTENT = 120; // milliseconds: a pointer on its way elsewhere loads nothing
const HOLD = 350;
let playing = null;

// A poster that moves while its card is pointed at, focused or held. Nothing is loaded before.
customElements.define("sample-clip", class extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.src) return;
    this.card = this.closest("article");
    for (const name of ["pointerenter", "pointerleave", "focusin", "focusout", "pointerdown", "pointerup", "pointercancel", "contextmenu", "click"]) this.card.addEventListener(name, this);
  }

  disconnectedCallback() {
    this.stop();
  }

  handleEvent(event) {
    const { type, pointerType } = event;
    const isTouch = pointerType === "touch";
    if (["contextmenu", "click"].includes(type) && this.isHeld) event.preventDefault();
    if (["pointerdown", "click"].includes(type)) this.isHeld = false;
    if (type === "pointerdown" && (isTouch || isCalm())) return this.start(HOLD, isTouch);
    if (type === "pointerenter" && !isTouch && !isCalm()) return this.start(INTENT);
    if (type === "focusin" && this.card.matches(":has(:focus-visible)") && !isCalm()) return this.start(0);
    if (["pointerleave", "focusout", "pointercancel"].includes(type) || (type === "pointerup" && (isTouch || isCalm()))) this.stop();
    return undefined;
  }

  start(wait, isHeld = false) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.play(isHeld), wait);
  }

  async play(isHeld) {
    this.isHeld = isHeld;
    if (playing === this) return;
    playing?.stop();
    playing = this;
    const video = Object.assign(document.createElement("video"), { muted: true, loop: true, playsInline: true, disablePictureInPicture: true, src: this.dataset.src });
    video.setAttribute("aria-hidden", "true");
    video.addEventListener("playing", () => {
      this.style.setProperty("--length", `${video.duration}s`);
      this.classList.add("is-playing");
    }, { once: true });
    this.querySelector("img").after(video);
    await video.play().catch(() => video.isConnected && this.stop());
  }

  stop() {
    clearTimeout(this.timer);
    if (playing === this) playing = null;
    this.classList.remove("is-playing");
    const video = this.querySelector("video");
    video?.removeAttribute("src");
    video?.load(); // lets go of the connection
    video?.remove();
  }
});

// The large sample of an effect: it plays by itself where that is welcome, and a button says so and stops it.
customElements.define("sample-screen", class extends HTMLElement {
  connectedCallback() {
    this.video = this.querySelector("video");
    this.button = this.querySelector("button");
    if (!this.video) return;
    this.words = { true: this.button.getAttribute("aria-label"), false: this.button.dataset.pause };
    this.video.controls = this.button.hidden = false;
    for (const name of ["play", "pause", "error"]) this.video.addEventListener(name, this);
    this.button.addEventListener("click", this);
    if (!isCalm()) this.video.play().catch(() => {});
  }

  handleEvent({ type }) {
    if (type === "click") return this.video.paused ? this.video.play().catch(() => {}) : this.video.pause();
    this.button.setAttribute("aria-label", this.words[this.video.paused]);
    return this.classList.toggle("is-playing", !this.video.paused);
  }
});
