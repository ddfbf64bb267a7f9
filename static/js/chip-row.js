// Keep the chosen chip in sight where the row slides.
customElements.define("chip-row", class extends HTMLElement {
  connectedCallback() {
    const row = this.querySelector("ul");
    const chosen = row?.querySelector("[aria-current]");
    if (chosen) row.scrollLeft = chosen.offsetLeft - (row.clientWidth - chosen.offsetWidth) / 2;
  }
});
