// What the shell does in the browser itself, so that it also works while the connection is gone.

const year = 31536000;
const singleKeys = "hal9-single-keys";
const rail = "hal9-rail";

// Until when a letter after "g" leads to a page.
let goingUntil = 0;

function toggleRail() {
    const closed = document.documentElement.dataset.rail !== "closed";
    document.documentElement.dataset.rail = closed ? "closed" : "open";
    localStorage.setItem(rail, closed ? "closed" : "open");
}

function chooseTheme(value) {
    document.documentElement.dataset.theme = value;
    document.cookie = `hal9-theme=${value}; path=/; max-age=${year}; samesite=lax`;
}

function openShortcuts() {
    const sheet = document.getElementById("shortcuts");
    if (sheet && !sheet.open) {
        sheet.querySelector("[data-single-keys]").checked = localStorage.getItem(singleKeys) !== "off";
        sheet.showModal();
    }
}

async function copy(text, button) {
    await navigator.clipboard.writeText(text);
    const word = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = word; }, 1500);
}

document.addEventListener("change", e => {
    if (e.target.matches("[data-theme-choice]")) {
        chooseTheme(e.target.value);
    } else if (e.target.matches("[data-language-choice]")) {
        document.cookie = `hal9-language=${e.target.value}; path=/; max-age=${year}; samesite=lax`;
        location.reload();
    } else if (e.target.matches("[data-single-keys]")) {
        localStorage.setItem(singleKeys, e.target.checked ? "on" : "off");
    }
});

document.addEventListener("click", e => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
        if (!menu.contains(e.target) || e.target.closest("[data-close-menu]")) {
            menu.open = false;
        }
    }
    if (e.target.closest(".skip")) {
        e.preventDefault();
        document.getElementById("content").focus();
    } else if (e.target.closest("[data-open-shortcuts]")) {
        openShortcuts();
    } else if (e.target.closest("[data-reconnect]")) {
        reconnect();
    } else if (e.target.id === "shortcuts") {
        e.target.close();
    }
    if (e.target.closest("[data-print]")) {
        print();
    }
    const copyText = e.target.closest("[data-copy-text]");
    if (copyText) {
        copy(document.getElementById(copyText.dataset.copyText).textContent, copyText);
    }
    const copyCode = e.target.closest("[data-copy-code]");
    if (copyCode) {
        copy(copyCode.closest(".code").querySelector("pre").textContent, copyCode);
    }
}, true);

document.addEventListener("keydown", e => {
    const typing = e.target.closest("input, textarea, select, [contenteditable]");
    // AltGr is how many keyboards write brackets, and Windows reports it as Ctrl+Alt.
    const plain = !typing && !e.metaKey && (!e.ctrlKey && !e.altKey || e.getModifierState("AltGraph")) && localStorage.getItem(singleKeys) !== "off";
    if (e.ctrlKey && e.shiftKey && e.code === "KeyO") {
        e.preventDefault();
        const link = document.querySelector("[data-new-chat]") ?? document.querySelector(".rail-link[href='chat']");
        link?.click();
    } else if (e.ctrlKey && e.shiftKey && e.code === "KeyS" && !document.querySelector("[data-toggle-side]")) {
        e.preventDefault();
        toggleRail();
    } else if (e.shiftKey && e.key === "Escape") {
        const composer = document.querySelector("[data-composer] textarea");
        if (composer) {
            e.preventDefault();
            composer.focus();
        }
    } else if (e.ctrlKey && e.key === "/") {
        e.preventDefault();
        openShortcuts();
    } else if (e.key === "?" && plain) {
        e.preventDefault();
        openShortcuts();
    } else if (plain && goingUntil > e.timeStamp && e.key.length === 1) {
        goingUntil = 0;
        const link = document.querySelector(`[data-go="${CSS.escape(e.key)}"]`);
        if (link) {
            e.preventDefault();
            e.stopImmediatePropagation();
            link.click();
        }
    } else if (plain && e.key === "g") {
        goingUntil = e.timeStamp + 1500;
    } else if (plain && e.key.length === 1 && document.querySelector(`[data-key="${CSS.escape(e.key)}"]`)) {
        e.preventDefault();
        document.querySelector(`[data-key="${CSS.escape(e.key)}"]`).click();
    } else if (e.key === "Escape") {
        const menu = document.querySelector("details.menu[open]");
        if (menu) {
            menu.open = false;
            menu.querySelector("summary").focus();
        }
    }
});

// After a change of page reading begins at its heading, unless the person has already gone on to something in the page.
export function beginAtHeading() {
    const heading = document.querySelector("h1");
    const content = document.getElementById("content");
    if (heading && (document.activeElement === content || !content?.contains(document.activeElement))) {
        heading.tabIndex = -1;
        heading.focus();
    }
}

// Reconnecting: the same circuit when the server still has it, a resumed one when it can, else the same address anew.
const notice = document.getElementById("components-reconnect-modal");

async function reconnect() {
    try {
        if (!await Blazor.reconnect() && !await Blazor.resumeCircuit()) {
            location.reload();
        }
    } catch {
        document.addEventListener("visibilitychange", reconnectWhenSeen);
    }
}

function reconnectWhenSeen() {
    if (document.visibilityState === "visible") {
        document.removeEventListener("visibilitychange", reconnectWhenSeen);
        reconnect();
    }
}

notice?.addEventListener("components-reconnect-state-changed", e => {
    if (e.detail.state === "failed") {
        document.addEventListener("visibilitychange", reconnectWhenSeen);
    } else if (e.detail.state === "rejected") {
        location.reload();
    }
});
