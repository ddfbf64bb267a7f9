// The slots together: portraits used before, swapping left and right, a photo from the clipboard.
customElements.define("portrait-picker", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
    document.addEventListener("paste", this);
  }

  disconnectedCallback() {
    document.removeEventListener("paste", this);
  }

  get slots() {
    return [...this.querySelectorAll("portrait-slot")];
  }

  get nextSlot() {
    return this.slots.find((slot) => slot.isEmpty) ?? this.slots[0];
  }

  handleEvent(event) {
    if (event.type === "paste") return this.paste(event);
    const choice = event.target.closest("[data-portrait]");
    if (choice) this.nextSlot.put({ key: choice.dataset.portrait, picture: choice.querySelector("img").src });
    else if (event.target.closest("[data-swap]")) this.swap();
    else return;
    event.preventDefault();
  }

  paste(event) {
    const [file] = event.clipboardData.files;
    if (!file) return;
    event.preventDefault();
    this.nextSlot.take(file);
  }

  swap() {
    const [left, right] = this.slots;
    if (this.slots.some((slot) => slot.dataset.state === "checking")) return;
    const [first, second] = [left.portrait, right.portrait];
    second ? left.put(second) : left.clear();
    first ? right.put(first) : right.clear();
  }
});
