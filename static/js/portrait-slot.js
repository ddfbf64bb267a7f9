// One photo: shown at once, checked here for what needs no server, sent by htmx as soon as it is chosen.
const HEAVIEST = 10 * 1024 * 1024;
const PHOTO = /^image\/(jpeg|png|webp|heic|heif)$/;
const PHOTO_NAME = /\.(jpe?g|png|webp|hei[cf])$/i;

customElements.define("portrait-slot", class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.key = this.querySelector("input[type=hidden]");
    this.frame = this.querySelector(".slot__frame");
    this.why = this.querySelector(".slot__why");
    this.addEventListener("change", this.check, { capture: true });
    this.querySelector(".slot__remove").addEventListener("click", this);
    for (const name of ["dragenter", "dragover", "dragleave", "drop"]) this.addEventListener(name, this);
    for (const name of ["htmx:sendError", "htmx:responseError"]) this.addEventListener(name, this);
  }

  disconnectedCallback() {
    this.forget();
  }

  get isEmpty() {
    return this.dataset.state === "empty";
  }

  get portrait() {
    return this.isEmpty ? null : { key: this.key.value, picture: this.frame.querySelector("img").src };
  }

  handleEvent(event) {
    switch (event.type) {
      case "click": event.preventDefault(); this.clear(); this.input.focus(); break;
      case "dragleave": this.classList.remove("is-aimed-at"); break;
      case "drop": event.preventDefault(); this.classList.remove("is-aimed-at"); this.take(event.dataTransfer.files[0]); break;
      case "dragenter":
      case "dragover": event.preventDefault(); this.classList.add("is-aimed-at"); break;
      default: this.clear();
    }
  }

  // A file that was dropped or pasted goes the way of one that was chosen.
  take(file) {
    if (!file) return;
    const files = new DataTransfer();
    files.items.add(file);
    this.input.files = files.files;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  check = (event) => {
    const [file] = this.input.files;
    const why = file ? this.reasonAgainst(file) : "";
    if (!file || why) {
      event.stopPropagation();
      this.clear();
      this.refuse(why);
      return;
    }
    this.refuse("");
    this.key.value = "";
    this.show(URL.createObjectURL(file), "checking");
  };

  reasonAgainst(file) {
    if (!PHOTO.test(file.type) && !PHOTO_NAME.test(file.name)) return this.why.dataset.noPhoto;
    return file.size > HEAVIEST ? this.why.dataset.tooHeavy : "";
  }

  put({ key, picture }) {
    this.refuse("");
    this.input.value = "";
    this.key.value = key;
    this.show(picture, "ready");
  }

  clear() {
    this.forget();
    this.input.value = "";
    this.key.value = "";
    this.dataset.state = "empty";
  }

  refuse(why) {
    this.why.textContent = why;
    this.classList.toggle("is-troubled", Boolean(why));
  }

  show(picture, state) {
    this.forget();
    const image = new Image();
    image.alt = this.frame.dataset.alt;
    image.src = picture;
    this.frame.querySelector("img")?.remove();
    this.frame.prepend(image);
    this.dataset.state = state;
  }

  forget() {
    const picture = this.frame.querySelector("img")?.src;
    if (picture?.startsWith("blob:")) URL.revokeObjectURL(picture);
  }
});
