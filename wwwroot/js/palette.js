// @ts-check
// Ctrl+K: opens the palette, moves in it and carries out what is chosen. What it lists comes from the server (Shell/CommandPalette).

const watched = new WeakSet();

/** @returns {HTMLDialogElement | null} */
const palette = () => /** @type {HTMLDialogElement | null} */ (document.getElementById("palette"));

/** @param {HTMLDialogElement} dialog @returns {HTMLElement[]} */
const options = dialog => [...dialog.querySelectorAll("[role=option]")].filter(o => o instanceof HTMLElement);

/** @param {HTMLDialogElement} dialog */
const field = dialog => /** @type {HTMLInputElement} */ (dialog.querySelector("input"));

/** @param {HTMLDialogElement} dialog @param {number} at */
function select(dialog, at) {
    const all = options(dialog);
    if (all.length === 0) {
        field(dialog).removeAttribute("aria-activedescendant");
        return;
    }
    const chosen = all[(at + all.length) % all.length];
    for (const option of all) {
        option.setAttribute("aria-selected", option === chosen ? "true" : "false");
    }
    field(dialog).setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
}

/** @param {HTMLDialogElement} dialog */
const selected = dialog => options(dialog).findIndex(o => o.getAttribute("aria-selected") === "true");

// Enter was pressed before the list for what was typed had come: it is taken from that list, not from the one before.
let entered = false;

/** @param {HTMLDialogElement} dialog */
const isCurrent = dialog => /** @type {HTMLElement} */ (dialog.querySelector("[role=listbox]")).dataset.for === field(dialog).value;

/** @param {HTMLDialogElement} dialog */
function take(dialog) {
    entered = false;
    options(dialog)[selected(dialog)]?.click();
}

function open() {
    const dialog = palette();
    if (!dialog || dialog.open) {
        return;
    }
    const input = field(dialog);
    entered = false;
    if (input.value) {
        input.value = "";
        input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    dialog.showModal();
    input.focus();
    select(dialog, 0);
    if (!watched.has(dialog)) {
        watched.add(dialog);
        // Whatever the server lists next, the best of it is the one that Enter takes.
        new MutationObserver(() => {
            select(dialog, 0);
            if (entered && isCurrent(dialog)) {
                take(dialog);
            }
        }).observe(/** @type {Node} */ (dialog.querySelector("[role=listbox]")), { childList: true, subtree: true, attributeFilter: ["data-for"] });
    }
}

/** @param {string} action */
function act(action) {
    if (action.startsWith("theme-")) {
        const choice = /** @type {HTMLInputElement | null} */ (document.querySelector(`[data-theme-choice][value=${action.slice(6)}]`));
        choice?.click();
    } else if (action === "shortcuts") {
        /** @type {HTMLElement | null} */ (document.querySelector("[data-open-shortcuts]"))?.click();
    } else if (action === "copy-address") {
        navigator.clipboard.writeText(location.href);
    } else if (action === "sign-out") {
        /** @type {HTMLElement | null} */ (document.querySelector("form[action$='sign-out'] button, form[action*='sign-out'] button"))?.click();
    }
}

document.addEventListener("keydown", e => {
    const dialog = palette();
    if ((e.ctrlKey || e.metaKey) && !e.shiftKey && !e.altKey && e.key.toLowerCase() === "k") {
        e.preventDefault();
        open();
    } else if (dialog?.open && dialog.contains(/** @type {Node} */ (e.target))) {
        const by = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
        if (by !== 0) {
            e.preventDefault();
            select(dialog, selected(dialog) + by);
        } else if (e.key === "Enter") {
            e.preventDefault();
            entered = true;
            if (isCurrent(dialog)) {
                take(dialog);
            }
        } else if (e.key.length === 1 || e.key === "Backspace") {
            entered = false;
        }
    }
});

document.addEventListener("click", e => {
    if (!(e.target instanceof Element)) {
        return;
    }
    const dialog = palette();
    if (e.target.closest("[data-open-palette]")) {
        open();
    } else if (dialog && e.target === dialog) {
        dialog.close();
    } else if (dialog?.open) {
        const option = /** @type {HTMLElement | null} */ (e.target.closest("#palette [role=option]"));
        if (option) {
            dialog.close();
            if (option.dataset.action) {
                e.preventDefault();
                e.stopPropagation();
                act(option.dataset.action);
            }
        }
    }
}, true);
