// @ts-check
// Until the circuit is open the page is what the server drew first, and that is replaced: what was opened or written there is opened and written again in what
// comes, which then loads and keeps it.

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

const fields = "input:not([type=password], [type=file], [type=radio], [type=checkbox], [type=hidden]), textarea, select";

/** Menus that were opened, by name. @type {Set<string>} */
const opened = new Set();

/** What was written, by the field's name; whether it was also confirmed (Enter, or the field was left). @type {Map<string, { value: string, confirmed: boolean }>} */
const written = new Map();

/** The field that was written in last. */
let last = "";

const content = () => document.getElementById("content");
const isInteractive = () => content()?.hasAttribute("data-interactive") === true;
// Pages without a circuit (sign-in) have no notice for a lost one.
const awaitsCircuit = () => content() !== null && !isInteractive() && document.getElementById("components-reconnect-modal") !== null;

/** Elements have no identity across the replacement: what one says and its place among its like stand for it. @param {Element} element @param {string} all @param {(e: Element) => string} words */
function nameOf(element, all, words) {
    const alike = [...document.querySelectorAll(all)].filter(other => words(other) === words(element));
    return `${words(element)} ${alike.indexOf(element)}`;
}

/** @param {Element} menu */
const nameOfMenu = menu => nameOf(menu, "details", m => `${m.className} ${m.querySelector("summary")?.textContent}`);

/** @param {Element} field */
const nameOfField = field => nameOf(field, fields, f => `${f.tagName} ${f.id} ${f.getAttribute("name")} ${f.getAttribute("aria-label")} ${f.getAttribute("placeholder")}`);

const replacing = new MutationObserver(() => {
    if (!isInteractive()) {
        return;
    }
    for (const menu of document.querySelectorAll("details:not([open])")) {
        if (opened.delete(nameOfMenu(menu))) {
            /** @type {HTMLDetailsElement} */ (menu).open = true;
        }
    }
    for (const element of written.size > 0 ? document.querySelectorAll(fields) : []) {
        const field = /** @type {Field} */ (element);
        const name = nameOfField(field);
        const was = written.get(name);
        if (was) {
            written.delete(name);
            field.value = was.value;
            field.dispatchEvent(new Event("input", { bubbles: true }));
            if (name === last && document.activeElement === document.body) {
                field.focus();
            }
            if (was.confirmed) {
                field.dispatchEvent(new Event("change", { bubbles: true }));
            }
        }
    }
    if (opened.size === 0 && written.size === 0) {
        replacing.disconnect();
    }
});

function watch() {
    replacing.observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-interactive"] });
}

// "toggle" does not bubble: it is caught on its way down.
document.addEventListener("toggle", e => {
    if (e.target instanceof HTMLDetailsElement && awaitsCircuit()) {
        if (e.target.open) {
            opened.add(nameOfMenu(e.target));
            watch();
        } else {
            opened.delete(nameOfMenu(e.target));
        }
    }
}, true);

for (const act of ["input", "change"]) {
    document.addEventListener(act, e => {
        if (e.target instanceof Element && e.target.matches(fields) && content()?.contains(e.target) && awaitsCircuit()) {
            last = nameOfField(e.target);
            written.set(last, { value: /** @type {Field} */ (e.target).value, confirmed: act === "change" });
            watch();
        }
    }, true);
}

// Whoever acts meanwhile has gone on: nothing opens or is overwritten under their hands.
for (const act of ["pointerdown", "keydown"]) {
    document.addEventListener(act, () => {
        if (isInteractive()) {
            opened.clear();
            written.clear();
        }
    }, true);
}
