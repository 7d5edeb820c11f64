// Blocking on purpose, and tiny: sets the density of tables, the width of the navigation and whether the first steps are shown before the first paint, and tells the server the viewer's time zone before the first page that needs it. The theme needs no script:
// the server renders it on <html> and `light-dark()` follows.
(() => {
    const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
    if (zone && !document.cookie.split("; ").includes(`hal9-zone=${zone}`)) {
        document.cookie = `hal9-zone=${zone}; path=/; max-age=31536000; samesite=lax`;
    }
    if (localStorage.getItem("hal9-dense") === "on") {
        document.documentElement.dataset.dense = "";
    }
    if (localStorage.getItem("hal9-first-steps") === "off") {
        document.documentElement.dataset.noFirstSteps = "";
    }
    if (localStorage.getItem("hal9-rail") === "closed") {
        document.documentElement.dataset.rail = "closed";
    }
})();
