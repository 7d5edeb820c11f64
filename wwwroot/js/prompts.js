// @ts-check
// The library of prompts at the message field (Conversations/PromptPicker): finds, chooses, fills and inserts. Only the list comes from the server.

/** @param {EventTarget | null} target @param {string} selector @returns {HTMLElement | null} */
const near = (target, selector) => target instanceof Element ? target.closest(selector) : null;

/** @param {Element} menu @returns {HTMLElement[]} */
const prompts = menu => [...menu.querySelectorAll("[data-prompt]")].filter(p => p instanceof HTMLElement);

/** @param {HTMLElement} prompt @returns {HTMLInputElement[]} */
const places = prompt => /** @type {HTMLInputElement[]} */ ([...prompt.querySelectorAll("[data-prompt-place]")]);

/** @param {Element} menu @returns {HTMLInputElement} */
const filter = menu => /** @type {HTMLInputElement} */ (menu.querySelector("[data-prompts-filter]"));

/** @param {HTMLElement} prompt @returns {{ text: string, place: number | null }[]} */
const pieces = prompt => JSON.parse(prompt.dataset.prompt ?? "[]");

/** @param {HTMLElement} menu */
function find(menu) {
    const words = filter(menu).value.trim().toLocaleLowerCase();
    for (const prompt of prompts(menu)) {
        const name = prompt.querySelector("strong")?.textContent ?? "";
        prompt.hidden = !`${name}\n${pieces(prompt).map(p => p.text).join("")}`.toLocaleLowerCase().includes(words);
    }
    const none = /** @type {HTMLElement | null} */ (menu.querySelector("[data-prompts-none]"));
    if (none) {
        none.hidden = prompts(menu).some(p => !p.hidden);
    }
}

/** @param {HTMLElement} menu */
function reset(menu) {
    for (const prompt of menu.querySelectorAll("[data-chosen]")) {
        prompt.removeAttribute("data-chosen");
    }
    delete menu.dataset.wanted;
    filter(menu).value = "";
    find(menu);
}

/** @param {HTMLElement} menu @param {HTMLElement} prompt */
function choose(menu, prompt) {
    const [first] = places(prompt);
    if (!first) {
        insert(menu, prompt);
        return;
    }
    for (const place of places(prompt)) {
        place.value = "";
    }
    prompt.dataset.chosen = "";
    first.focus();
}

/** @param {HTMLElement} menu @param {HTMLElement} prompt */
function insert(menu, prompt) {
    const words = places(prompt).map(place => place.value);
    // A place that was not given a word stays as it is, so that it is seen.
    const text = pieces(prompt).map(p => (p.place !== null && words[p.place]) || p.text).join("");
    const field = /** @type {HTMLTextAreaElement} */ (menu.closest("form")?.querySelector("textarea"));
    /** @type {HTMLDetailsElement} */ (menu).open = false;
    field.focus();
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
}

// The list may come after what was typed: it is narrowed then, and an Enter that came too early is made good.
const arrivals = new MutationObserver(changes => {
    for (const menu of new Set(changes.map(change => near(change.target, "[data-prompts]")))) {
        const found = menu && prompts(menu).length > 0;
        if (found) {
            find(menu);
            if ("wanted" in menu.dataset) {
                delete menu.dataset.wanted;
                takeFirst(menu);
            }
        }
    }
});

/** @param {HTMLElement} menu */
function takeFirst(menu) {
    const first = prompts(menu).find(p => !p.hidden);
    if (first) {
        choose(menu, first);
    } else if (prompts(menu).length === 0) {
        menu.dataset.wanted = "";
    }
}

// "toggle" does not bubble: it is caught on its way down.
document.addEventListener("toggle", e => {
    if (e.target instanceof HTMLDetailsElement && e.target.matches("[data-prompts]")) {
        if (e.target.open) {
            arrivals.observe(e.target, { childList: true, subtree: true });
        } else {
            reset(e.target);
        }
    }
}, true);

document.addEventListener("input", e => {
    const menu = near(e.target, "[data-prompts]");
    if (menu && near(e.target, "[data-prompts-filter]")) {
        find(menu);
    }
});

document.addEventListener("keydown", e => {
    const menu = near(e.target, "[data-prompts]");
    // Enter in a field of a form submits it, and this form is the message's.
    if (menu && e.key === "Enter" && e.target instanceof HTMLInputElement) {
        e.preventDefault();
        const prompt = near(e.target, "[data-prompt]");
        if (!e.isComposing) {
            if (prompt) {
                insert(menu, prompt);
            } else {
                takeFirst(menu);
            }
        }
    }
});

document.addEventListener("click", e => {
    const menu = near(e.target, "[data-prompts]");
    const prompt = near(e.target, "[data-prompt]");
    if (!menu || !prompt) {
        return;
    }
    if (near(e.target, "[data-prompt-choose]")) {
        choose(menu, prompt);
    } else if (near(e.target, "[data-prompt-insert]")) {
        insert(menu, prompt);
    } else if (near(e.target, "[data-prompt-cancel]")) {
        prompt.removeAttribute("data-chosen");
        filter(menu).focus();
    }
});
