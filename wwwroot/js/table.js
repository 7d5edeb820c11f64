// @ts-check
// Keys and density of the tables (Shared/Tables). Rows are links: j and k move the focus from one to the next, Enter opens, / goes to the search and the
// arrow down from there to the first row. x selects.

const singleKeys = "hal9-single-keys";
const dense = "hal9-dense";

/** @param {EventTarget | null} target */
const isTyping = target => target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;

/** @param {number} by */
function move(by) {
    const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-rows] .row-link")]);
    const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))]?.focus();
}

document.addEventListener("keydown", e => {
    // From the search down to what it found.
    if (e.key === "ArrowDown" && !e.ctrlKey && !e.metaKey && !e.altKey && !e.shiftKey && e.target instanceof Element && e.target.matches("[role=search] input[type=search]")) {
        e.preventDefault();
        move(1);
        return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || isTyping(e.target) || localStorage.getItem(singleKeys) === "off") {
        return;
    }
    if (e.key === "j" || e.key === "k") {
        if (document.querySelector("[data-rows]")) {
            e.preventDefault();
            move(e.key === "j" ? 1 : -1);
        }
    } else if (e.key === "x") {
        const box = /** @type {HTMLElement | null | undefined} */ (document.activeElement?.closest("[data-rows] tr")?.querySelector("[data-select]"));
        if (box) {
            e.preventDefault();
            box.click();
        }
    } else if (e.key === "/") {
        const search = /** @type {HTMLInputElement | null} */ (document.querySelector("[role=search] input[type=search]"));
        if (search) {
            e.preventDefault();
            search.focus();
            search.select();
        }
    }
});

// "toggle" does not bubble: it is caught on its way down.
document.addEventListener("toggle", e => {
    const box = e.target instanceof Element ? /** @type {HTMLInputElement | null} */ (e.target.querySelector("[data-dense]")) : null;
    if (box) {
        box.checked = "dense" in document.documentElement.dataset;
    }
}, true);

document.addEventListener("change", e => {
    if (e.target instanceof HTMLInputElement && e.target.matches("[data-dense]")) {
        document.documentElement.toggleAttribute("data-dense", e.target.checked);
        localStorage.setItem(dense, e.target.checked ? "on" : "off");
    }
});

document.addEventListener("click", async e => {
    const button = e.target instanceof Element ? /** @type {HTMLElement | null} */ (e.target.closest("[data-copy]")) : null;
    if (button) {
        await navigator.clipboard.writeText(button.dataset.copy ?? "");
        button.classList.add("copied");
        setTimeout(() => button.classList.remove("copied"), 1500);
    }
});
