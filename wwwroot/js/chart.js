// A chart's half in the browser: ApexCharts in the console's colours, with one tooltip. Numbers in words come from the server.

const looks = matchMedia("(prefers-color-scheme: dark)");

const escape = text => text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);

// Tokens are light-dark() pairs: the browser works out which one holds here.
function colour(root, name) {
    const probe = root.appendChild(document.createElement("i"));
    probe.style.color = `var(--${name})`;
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
}

const tones = { first: "working", second: "design" };

const language = () => document.documentElement.lang || "en";

function axisOf(unit) {
    if (unit === "Money") {
        const money = new Intl.NumberFormat(language(), { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol", minimumFractionDigits: 0, maximumSignificantDigits: 2 });
        return value => money.format(value);
    }
    const number = new Intl.NumberFormat(language(), { notation: "compact", maximumFractionDigits: 1 });
    return unit === "Time"
        ? value => value >= 60000 ? `${number.format(value / 60000)} min` : value >= 1000 ? `${number.format(value / 1000)} s` : `${number.format(value)} ms`
        : value => Number.isInteger(value) || value >= 10 ? number.format(value) : "";
}

function timesOf(model) {
    const span = model.times.length > 1 ? model.times.at(-1) - model.times[0] : 0;
    const timeZone = model.zone ?? undefined;
    const short = new Intl.DateTimeFormat(language(), span > 172800000 ? { timeZone, day: "numeric", month: "short" } : { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const long = new Intl.DateTimeFormat(language(), { timeZone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    return { short: at => short.format(at), long: at => long.format(at) };
}

export async function attach(root, owner, library, first) {
    let Apex;
    try {
        Apex = (await import(library)).default;
    } catch {
        return null;
    }
    let model = first;
    let pointed = -1;
    let pressed = 0;
    const seriesOf = () => model.series.map(s => ({ name: s.name, data: s.values.map((value, i) => [model.times[i], value]) }));

    // Marks stand at the top of the step's bar, a limit is a line across.
    function annotations() {
        const marks = model.marks.map(at => ({
            x: model.times[at], y: model.series.reduce((sum, s) => sum + (s.values[at] ?? 0), 0), marker: { size: 5, fillColor: colour(root, "waiting"), strokeColor: colour(root, "surface"), strokeWidth: 2 },
        }));
        const limit = model.limit && {
            y: model.limit.value, borderColor: colour(root, "failing"), strokeDashArray: 4,
            label: { text: model.limit.text, borderWidth: 0, position: "left", textAnchor: "start", offsetX: 4, style: { background: "transparent", color: colour(root, "text-soft"), fontSize: "11px" } },
        };
        return { points: marks, yaxis: limit ? [limit] : [] };
    }

    function tooltip({ dataPointIndex: at }) {
        pointed = at;
        const rows = model.series.filter(s => model.series.length < 5 || s.values[at]).map(s => `<div class="chart-tip-row"><span class="chart-swatch chart-${s.tone}"></span><span>${escape(s.name)}</span><strong>${escape(s.texts[at] ?? "")}</strong></div>`);
        return `<div class="chart-tip"><div class="chart-tip-time">${escape(timesOf(model).long(model.times[at]))}</div>${rows.join("")}</div>`;
    }

    function options() {
        const isBars = model.shape === "Bars";
        const line = colour(root, "line");
        const faint = colour(root, "text-faint");
        const step = model.times.length > 1 ? model.times[1] - model.times[0] : 60000;
        return {
            colors: model.series.map(s => colour(root, tones[s.tone] ?? s.tone)),
            chart: {
                type: isBars ? "bar" : "line", stacked: isBars, height: "100%", background: "transparent", fontFamily: "inherit", foreColor: faint,
                id: `chart-${crypto.getRandomValues(new Uint32Array(1))[0]}`, group: model.group ?? undefined,
                toolbar: { show: false }, animations: { enabled: false }, zoom: { enabled: true, type: "x", allowMouseWheelZoom: false },
                events: {
                    beforeZoom: (_, { xaxis }) => {
                        owner.invokeMethodAsync("ZoomAsync", xaxis.min, xaxis.max);
                        return { xaxis: { min: model.times[0], max: model.times.at(-1) + step } };
                    },
                },
            },
            series: seriesOf(),
            stroke: isBars ? { width: 0 } : { width: 2, curve: "straight", lineCap: "round" },
            markers: isBars ? { size: 0 } : { size: model.times.length <= 40 ? 3 : 2, strokeWidth: 0, hover: { sizeOffset: 2 } },
            plotOptions: { bar: { columnWidth: "78%", borderRadius: 0 } },
            fill: { opacity: 1 },
            dataLabels: { enabled: false },
            legend: { show: false },
            annotations: annotations(),
            grid: { borderColor: line, strokeDashArray: 0, padding: { left: 8, right: 8, top: -12, bottom: 0 } },
            states: { hover: { filter: { type: "none" } }, active: { filter: { type: "none" } } },
            tooltip: { shared: true, intersect: false, custom: tooltip },
            xaxis: {
                type: "datetime", tickAmount: 6, axisBorder: { color: line }, axisTicks: { show: false }, tooltip: { enabled: false }, crosshairs: { stroke: { color: faint, dashArray: 0 } },
                labels: { datetimeUTC: false, formatter: (_, at) => timesOf(model).short(at), style: { fontSize: "11px" } },
            },
            yaxis: { min: 0, tickAmount: 4, forceNiceScale: true, labels: { minWidth: 48, maxWidth: 72, formatter: axisOf(model.unit), style: { fontSize: "11px" } } },
        };
    }

    // Its own click event knows no step between bars: the one in the tooltip is meant. A stretch that was drawn over is no click.
    root.addEventListener("pointerdown", e => { pressed = e.clientX; }, true);
    root.addEventListener("click", e => {
        if (pointed >= 0 && Math.abs(e.clientX - pressed) < 5 && root.querySelector(".apexcharts-tooltip.apexcharts-active")) {
            const series = e.target instanceof Element ? e.target.closest(".apexcharts-series")?.getAttribute("rel") : null;
            owner.invokeMethodAsync("Pick", pointed, series ? Number(series) - 1 : -1);
        }
    }, true);

    const chart = new Apex(root, options());
    await chart.render();
    // The last argument: not the others of the group, which share the crosshair and nothing else.
    const again = () => chart.updateOptions(options(), false, false, false);
    const themes = new MutationObserver(again);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    looks.addEventListener("change", again);
    root.dataset.ready = "";
    return {
        update(next) {
            model = next;
            return again();
        },
        dispose() {
            themes.disconnect();
            looks.removeEventListener("change", again);
            chart.destroy();
        },
    };
}
