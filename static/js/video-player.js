// The player's own controls around a native video; without this script the browser shows its own.
customElements.define("video-player", class extends HTMLElement {
  connectedCallback() {
    this.video = this.querySelector("video");
    this.seek = this.querySelector(".player__seek");
    this.video.controls = false;
    for (const part of this.querySelectorAll(".player__big, .player__bar")) part.hidden = false;
    for (const name of ["play", "pause", "ended", "timeupdate", "loadedmetadata", "error"]) this.video.addEventListener(name, this);
    this.addEventListener("click", this);
    this.seek.addEventListener("input", this);
    this.show();
  }

  disconnectedCallback() {
    cancelAnimationFrame(this.frame);
  }

  handleEvent(event) {
    const { type, target } = event;
    if (type === "click") return this.onClick(target);
    if (type === "input") this.video.currentTime = Number(this.seek.value);
    if (type === "error") return this.giveBack();
    if (type === "play") this.run();
    return this.show();
  }

  onClick(target) {
    if (target.closest("[data-wide]")) return this.widen();
    if (target === this.video || target.closest("[data-play]")) return this.video.paused ? this.video.play() : this.video.pause();
    return undefined;
  }

  widen() {
    if (document.fullscreenElement) return document.exitFullscreen();
    return this.requestFullscreen ? this.requestFullscreen() : this.video.webkitEnterFullscreen();
  }

  // A film of five seconds needs its position in every frame: four reports a second would stutter.
  run() {
    this.show();
    if (!this.video.paused) this.frame = requestAnimationFrame(() => this.run());
  }

  show() {
    const { currentTime, duration, paused } = this.video;
    const all = Number.isFinite(duration) ? duration : Number(this.seek.max);
    this.classList.toggle("is-playing", !paused);
    this.seek.max = all;
    this.seek.value = currentTime;
    this.seek.style.setProperty("--played", `${(100 * currentTime) / (all || 1)}%`);
    const [now, total] = [currentTime, all].map((seconds) => this.clock(seconds));
    this.querySelector("[data-now]").textContent = now;
    this.seek.setAttribute("aria-valuetext", this.seek.dataset.says.replace("{now}", now).replace("{all}", total));
  }

  clock(seconds) {
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  }

  giveBack() {
    this.video.controls = true;
    for (const part of this.querySelectorAll(".player__big, .player__bar")) part.hidden = true;
  }
});
