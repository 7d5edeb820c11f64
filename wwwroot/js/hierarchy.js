// The map's half in the browser: edges behind the cards, pulses along them, arrow keys between cards. One animation loop, only while something moves.

const svg = "http://www.w3.org/2000/svg";
const most = 80;
const travel = 900;
const mostPause = 30000;

// The library is no module: it leaves its name on the window. Without it (a build without npm) the map shows its figures, and nothing moves along the edges.
async function listen(library, hear, joined) {
    try {
        await import(library);
    } catch {
        return { stop() { } };
    }
    const { HubConnectionBuilder, HttpTransportType, LogLevel } = globalThis.signalR;
    const pause = tries => Math.min(mostPause, 1000 * 2 ** tries);
    const feed = new HubConnectionBuilder()
        .withUrl("hubs/feed", { transport: HttpTransportType.WebSockets, skipNegotiation: true })
        .withAutomaticReconnect({ nextRetryDelayInMilliseconds: retry => pause(retry.previousRetryCount) })
        .configureLogging(LogLevel.None)
        .build();
    let stopped = false;
    const join = () => feed.invoke("WatchPulses").then(joined).catch(() => { });
    async function start(tries) {
        try {
            await feed.start();
            await join();
        } catch {
            setTimeout(() => stopped || start(tries + 1), pause(tries));
        }
    }
    feed.on("pulses", hear);
    feed.onreconnected(join);
    start(0);
    return {
        stop() {
            stopped = true;
            feed.stop();
        },
    };
}

export function attach(root, library) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    const edges = new Map();
    const moving = [];
    let layer = null;
    let known = new Set();
    let frame = 0;

    const nodes = () => [...root.querySelectorAll("[data-neuron]")];

    function draw() {
        const map = root.querySelector("[data-map]");
        layer = map?.querySelector("[data-edges]") ?? null;
        if (!layer) {
            // The table is shown, or nothing matches: there is nothing to draw on.
            edges.clear();
            moving.length = 0;
            return;
        }
        const from = map.getBoundingClientRect();
        layer.setAttribute("viewBox", `0 0 ${from.width} ${from.height}`);
        const boxes = new Map(nodes().map(node => {
            const box = node.getBoundingClientRect();
            return [node.dataset.neuron, { x: box.left - from.left + box.width / 2, top: box.top - from.top, bottom: box.bottom - from.top, node }];
        }));
        known = new Set(boxes.keys());
        const wanted = new Set();
        for (const [name, place] of boxes) {
            for (const child of place.node.dataset.delegates.split(" ").filter(c => boxes.has(c))) {
                const key = `${name} ${child}`;
                const to = boxes.get(child);
                const bend = (to.top - place.bottom) / 2;
                const d = `M${place.x} ${place.bottom}C${place.x} ${place.bottom + bend} ${to.x} ${to.top - bend} ${to.x} ${to.top}`;
                wanted.add(key);
                let edge = edges.get(key);
                if (!edge || edge.ownerSVGElement !== layer) {
                    edge = layer.appendChild(document.createElementNS(svg, "path"));
                    edge.classList.add("edge");
                    edges.set(key, edge);
                }
                if (edge.getAttribute("d") !== d) {
                    edge.setAttribute("d", d);
                }
            }
        }
        for (const [key, edge] of edges) {
            if (!wanted.has(key)) {
                edge.remove();
                edges.delete(key);
            }
        }
    }

    // A neuron without a card counts for its layer, whose folded card bears the layer's name.
    const places = pulses => pulses.map(({ from, fromLayer, to, toLayer, kind, count }) => ({ from: known.has(from) ? from : fromLayer, to: known.has(to) ? to : toLayer, kind, count }));

    function light(edge, kind) {
        edge.classList.add(`edge-${kind}`);
        clearTimeout(edge.dim);
        edge.dim = setTimeout(() => edge.classList.remove("edge-down", "edge-up", "edge-back"), travel);
    }

    function pulse(pulses) {
        if (!layer) {
            return;
        }
        for (const { from, to, kind, count } of pulses) {
            const forward = edges.get(`${from} ${to}`);
            const edge = forward ?? edges.get(`${to} ${from}`);
            if (!edge) {
                continue;
            }
            light(edge, kind);
            // Many at once are one larger dot: their number is in the cards.
            if (!calm.matches && moving.length < most) {
                const dot = layer.appendChild(document.createElementNS(svg, "circle"));
                dot.classList.add("pulse", `pulse-${kind}`);
                dot.setAttribute("r", Math.min(8, 3 + Math.log2(count)));
                moving.push({ dot, edge, length: edge.getTotalLength(), backwards: !forward, start: performance.now() });
            }
        }
        if (moving.length > 0 && frame === 0) {
            frame = requestAnimationFrame(step);
        }
    }

    function step(time) {
        for (let i = moving.length - 1; i >= 0; i--) {
            const { dot, edge, length, backwards, start } = moving[i];
            const part = Math.max(0, (time - start) / travel);
            if (part >= 1 || !edge.isConnected) {
                dot.remove();
                moving.splice(i, 1);
                continue;
            }
            const point = edge.getPointAtLength(length * (backwards ? 1 - part : part));
            dot.setAttribute("cx", point.x);
            dot.setAttribute("cy", point.y);
        }
        frame = moving.length > 0 ? requestAnimationFrame(step) : 0;
    }

    root.addEventListener("keydown", e => {
        const node = e.target.closest("[data-neuron]");
        if (!node || !["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(e.key)) {
            return;
        }
        e.preventDefault();
        const rows = [...root.querySelectorAll(".map-nodes")].map(row => [...row.querySelectorAll("[data-neuron]")]).filter(row => row.length > 0);
        const row = rows.findIndex(r => r.includes(node));
        const column = rows[row].indexOf(node);
        const next = { ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column] }[e.key];
        const target = rows[next[0]];
        target?.[Math.min(Math.max(next[1], 0), target.length - 1)]?.focus();
    });

    // Nodes come, go and grow with what the server paints; what is drawn here changes only the layer of edges.
    let due = 0;
    const drawSoon = () => due ||= requestAnimationFrame(() => {
        due = 0;
        draw();
    });
    new ResizeObserver(drawSoon).observe(root);
    new MutationObserver(all => all.some(m => !m.target.closest("[data-edges]")) && drawSoon())
        .observe(root, { subtree: true, childList: true, attributeFilter: ["data-delegates"] });
    draw();
    const feed = listen(library, pulses => {
        if (!("still" in root.dataset)) {
            pulse(places(pulses));
        }
    }, () => { root.dataset.listening = ""; });
    root.dataset.ready = "";
    return {
        pulse,
        async dispose() {
            (await feed).stop();
        },
    };
}
