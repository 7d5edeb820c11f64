// @ts-check
// Keys of the time range, the wall and the first steps. What they do is links: these only press them.

const singleKeys = "hal9-single-keys";
const moves = { z: "out", ArrowLeft: "earlier", ArrowRight: "later" };
let waits = false;

/** @param {EventTarget | null} target */
const isTyping = target => target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;

document.addEventListener("keydown", e => {
    if (e.ctrlKey || e.metaKey || e.altKey || isTyping(e.target) || localStorage.getItem(singleKeys) === "off") {
        return;
    }
    const link = /** @type {HTMLElement | null} */ (waits && moves[e.key] ? document.querySelector(`[data-time="${moves[e.key]}"]`) : null);
    waits = e.key === "t";
    if (link) {
        e.preventDefault();
        link.click();
    }
});

document.addEventListener("click", e => {
    if (!(e.target instanceof Element)) {
        return;
    }
    const wall = /** @type {HTMLElement | null} */ (e.target.closest("[data-wall]"));
    if (wall?.dataset.wall === "on") {
        // A browser that refuses shows the wall in its window.
        document.documentElement.requestFullscreen?.().catch(() => { });
    } else if (wall && document.fullscreenElement) {
        document.exitFullscreen();
    }
    if (e.target.closest("[data-hide-first-steps]")) {
        localStorage.setItem("hal9-first-steps", "off");
        document.documentElement.dataset.noFirstSteps = "";
    }
});
