// The chat's half in the browser: the text field (grow, draft, send), the scroll that follows the stream, the list's drawer, the clipboard.

const near = 80;
const keepAfter = 2000;
const draftKey = conversation => `hal9-draft:${conversation}`;

// Drafts of before had no time: any other is newer.
function readDraft(conversation) {
    const kept = localStorage.getItem(draftKey(conversation));
    try {
        const draft = JSON.parse(kept);
        return typeof draft?.text === "string" ? draft : kept && { text: kept, at: 0 };
    } catch {
        return { text: kept, at: 0 };
    }
}

export function attach(root, server) {
    const stop = new AbortController();
    const on = (target, name, handler, options = {}) => target.addEventListener(name, handler, { ...options, signal: stop.signal });
    const form = root.querySelector("[data-composer]");
    const field = form.querySelector("textarea");
    const refusal = form.querySelector("[data-refusal]");
    const thread = root.querySelector("[data-thread]");
    let conversation = "new";
    let busy = false;
    let following = true;
    let keeping = 0;
    // What was written before the circuit opened is newer than any draft.
    let first = true;

    const writing = () => form.querySelector("[data-stop]") !== null;

    function grow() {
        field.style.height = "auto";
        field.style.height = `${Math.min(field.scrollHeight, innerHeight * 0.4)}px`;
    }

    function say(reason) {
        refusal.textContent = reason ?? "";
        form.classList.toggle("composer-refusing", reason !== undefined);
    }

    function typed() {
        grow();
        const tooLong = field.value.length > Number(form.dataset.limit);
        const inWords = count => Number(count).toLocaleString(document.documentElement.lang);
        say(tooLong ? form.dataset.tooLong.replace("{0}", inWords(field.value.length)).replace("{1}", inWords(form.dataset.limit)) : undefined);
    }

    function keep() {
        if ("temporary" in form.dataset) {
            return;
        }
        if (field.value) {
            localStorage.setItem(draftKey(conversation), JSON.stringify({ text: field.value, at: Date.now() }));
        } else {
            localStorage.removeItem(draftKey(conversation));
        }
        form.removeAttribute("data-kept");
        keeping ||= setTimeout(keepOnServer, keepAfter);
    }

    // The browser has the draft already; this is for the person's other devices.
    async function keepOnServer() {
        clearTimeout(keeping);
        keeping = 0;
        try {
            await server.invokeMethodAsync("SaveDraftAsync", conversation, field.value);
            form.setAttribute("data-kept", "");
        } catch {
            // Without a connection the next keystroke tries again.
        }
    }

    function openPrompts() {
        const prompts = form.querySelector("[data-prompts]");
        if (prompts) {
            prompts.open = true;
            prompts.querySelector("[data-prompts-filter]").focus();
        }
        return prompts !== null;
    }

    function pick(e, files) {
        const picker = form.querySelector("input[type=file]:not(:disabled)");
        if (picker && files?.length) {
            e.preventDefault();
            picker.files = files;
            picker.dispatchEvent(new Event("change", { bubbles: true }));
        }
    }

    async function send() {
        const text = field.value;
        if (busy || writing() || !text.trim() || text.length > Number(form.dataset.limit)) {
            return;
        }
        busy = true;
        following = true;
        form.setAttribute("aria-busy", "true");
        const from = conversation;
        try {
            field.value = "";
            grow();
            if (await server.invokeMethodAsync("SendAsync", text)) {
                localStorage.removeItem(draftKey(from));
                clearTimeout(keeping);
                keeping = 0;
                server.invokeMethodAsync("SaveDraftAsync", from, "").catch(() => { });
            } else {
                field.value ||= text;
                grow();
            }
        } catch {
            field.value ||= text;
            grow();
            say(form.dataset.noConnection);
        } finally {
            busy = false;
            form.removeAttribute("aria-busy");
            field.focus();
        }
    }

    function follow() {
        // The welcome is read from its top; only a thread has a newest end.
        if (following && !thread.querySelector(".welcome")) {
            thread.scrollTop = thread.scrollHeight;
        }
        root.classList.toggle("chat-away", !following && thread.scrollHeight > thread.clientHeight + near);
    }

    // Who chose with the pointer has chosen; with the arrow keys one walks over the others first.
    let pointed = false;
    on(form, "pointerdown", e => { pointed = e.target.closest(".mode-choice") !== null; });
    on(form, "keydown", () => { pointed = false; });
    on(form, "click", e => {
        if (pointed && e.target.matches("input[type=radio]")) {
            pointed = false;
            e.target.closest("details.menu").open = false;
            field.focus();
        }
    });
    on(form, "submit", e => { e.preventDefault(); send(); });
    // Enter on a radio button would submit the form that it stands in: here it takes the choice and goes back to the message.
    on(form, "keydown", e => {
        const menu = e.key === "Enter" && e.target.matches("input[type=radio]") ? e.target.closest("details.menu") : null;
        if (menu) {
            e.preventDefault();
            menu.open = false;
            field.focus();
        }
    });
    on(field, "input", () => {
        if (field.value === "/" && openPrompts()) {
            field.value = "";
        }
        typed();
        keep();
    });
    // What is dropped on the form or pasted into the field goes the way of what is picked.
    on(form, "dragover", e => { if (e.dataTransfer?.types.includes("Files")) { e.preventDefault(); } });
    on(form, "drop", e => pick(e, e.dataTransfer?.files));
    on(field, "paste", e => pick(e, e.clipboardData?.files));
    on(document, "visibilitychange", () => { if (document.visibilityState === "hidden" && keeping) { keepOnServer(); } });
    on(field, "keydown", e => {
        if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
            e.preventDefault();
            send();
        } else if (e.key === "Escape" && !e.shiftKey) {
            form.querySelector("[data-stop]")?.click();
        } else if (e.key === "ArrowUp" && !field.value && !e.shiftKey && !e.ctrlKey && !e.altKey && !e.metaKey) {
            const edits = thread.querySelectorAll("[data-edit]");
            if (edits.length > 0) {
                e.preventDefault();
                edits[edits.length - 1].click();
            }
        }
    });
    on(document, "keydown", e => {
        if (!e.ctrlKey || !e.shiftKey || e.altKey || e.metaKey) {
            return;
        }
        const last = selector => [...thread.querySelectorAll(selector)].at(-1);
        const target = {
            KeyC: () => last("[data-copy-answer]:not(:disabled)"),
            Semicolon: () => last("[data-copy-code]"),
            Enter: () => last("[data-again]:not(:disabled)"),
            Quote: () => root.querySelector("[data-temporary-chat]"),
            KeyS: () => root.querySelector("[data-toggle-side]"),
            KeyM: () => form.querySelector(".mode > summary"),
        }[e.code];
        if (target) {
            e.preventDefault();
            target()?.click();
            if (e.code === "KeyM") {
                form.querySelector(".mode[open] input:checked")?.focus();
            }
        }
    });
    on(thread, "scroll", () => {
        following = thread.scrollHeight - thread.scrollTop - thread.clientHeight < near;
        root.classList.toggle("chat-away", !following);
    });
    on(root, "click", e => {
        if (e.target.closest("[data-jump]")) {
            following = true;
            follow();
        } else if (e.target.closest("[data-toggle-side]")) {
            root.classList.toggle("chat-side-flipped");
        } else if (e.target.closest(".chat-side a") && matchMedia("(max-width: 960px)").matches) {
            root.classList.remove("chat-side-flipped");
        }
    });
    const size = new ResizeObserver(follow);
    size.observe(thread.firstElementChild);
    size.observe(thread);

    root.dataset.ready = "";
    return {
        show(next, draft, draftAt) {
            if (keeping) {
                keepOnServer();
            }
            conversation = next;
            following = true;
            if (!busy) {
                const here = "temporary" in form.dataset ? null : readDraft(next);
                const early = first ? field.value : "";
                first = false;
                field.value = early || (draft && draftAt > (here?.at ?? -1) && !("temporary" in form.dataset) ? draft : here?.text) || "";
                typed();
                if (matchMedia("(min-width: 961px)").matches) {
                    field.focus();
                }
            }
            follow();
        },
        reveal(id) {
            thread.querySelector(".message-found")?.classList.remove("message-found");
            const message = id && document.getElementById(`m-${id}`);
            if (message) {
                following = false;
                message.classList.add("message-found");
                message.scrollIntoView({ block: "center" });
                message.focus({ preventScroll: true });
            }
        },
        async copy(text) {
            if (navigator.clipboard) {
                await navigator.clipboard.writeText(text);
                return;
            }
            // Without TLS a browser has no clipboard object; the old way still works.
            const box = document.createElement("textarea");
            box.value = text;
            document.body.append(box);
            box.select();
            document.execCommand("copy");
            box.remove();
        },
        dispose() {
            if (keeping) {
                keepOnServer();
            }
            stop.abort();
            size.disconnect();
        },
    };
}
