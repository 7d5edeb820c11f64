using System.Text.Json;
using Microsoft.Playwright;

namespace Hal9.Tests.InBrowser;

/// <summary>A section of a page, each 8 by 8 pixels of it as their mean colour.</summary>
/// <param name="Name">The section.</param>
/// <param name="Columns">Cells in a row.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Pixels">Red, green and blue of each cell, row by row.</param>
public sealed record Thumbnail(string Name, int Columns, int Rows, byte[] Pixels);

/// <summary>
/// Takes, keeps and compares pictures that are small enough to be the same on another machine: how a font's edges are drawn is lost in the mean of a cell, a part
/// that is missing or has another colour is not (docs/decisions/0015-pictures-that-are-compared.md has what was measured).
/// </summary>
internal static class Thumbnails
{
    // Full hinting without places between pixels, against neither: at most 27. See the decision.
    private const int MostPerCell = 32;

    private const string Shrink = """
        async ({ png, boxes, cell }) => {
            const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(png), c => c.charCodeAt(0))], { type: "image/png" }));
            const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
            const context = canvas.getContext("2d", { willReadFrequently: true });
            context.drawImage(bitmap, 0, 0);
            return JSON.parse(boxes).map(({ name, x, y, width, height }) => {
                const [columns, rows] = [Math.floor(width / cell), Math.floor(height / cell)];
                const { data } = context.getImageData(x, y, columns * cell, rows * cell);
                const sums = new Float64Array(columns * rows * 3);
                for (let i = 0; i < data.length; i += 4) {
                    const at = i / 4;
                    const to = 3 * (Math.floor(at / (columns * cell) / cell) * columns + Math.floor(at % (columns * cell) / cell));
                    sums[to] += data[i];
                    sums[to + 1] += data[i + 1];
                    sums[to + 2] += data[i + 2];
                }
                return { name, columns, rows, pixels: btoa(sums.reduce((text, sum) => text + String.fromCharCode(Math.round(sum / cell / cell)), "")) };
            });
        }
        """;

    private const string Pack = """
        async sections => {
            const canvas = new OffscreenCanvas(Math.max(...sections.map(s => s.columns)), sections.reduce((sum, s) => sum + s.rows, 0));
            const context = canvas.getContext("2d");
            let y = 0;
            for (const { columns, rows, pixels } of sections) {
                const image = context.createImageData(columns, rows);
                const bytes = Uint8Array.from(atob(pixels), c => c.charCodeAt(0));
                for (let i = 0; i < columns * rows; i++) {
                    image.data.set([bytes[3 * i], bytes[3 * i + 1], bytes[3 * i + 2], 255], 4 * i);
                }
                context.putImageData(image, 0, y);
                y += rows;
            }
            const png = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
            return btoa(png.reduce((text, byte) => text + String.fromCharCode(byte), ""));
        }
        """;

    private const string Boxes = """
        JSON.stringify([...document.querySelectorAll("[data-sample]")].map(section => {
            const { x, y, width, height } = section.getBoundingClientRect();
            return { name: section.dataset.sample, x: Math.round(x), y: Math.round(y), width, height };
        }))
        """;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerOptions.Web) { WriteIndented = true };

    /// <summary>Dark and light, wide and narrow.</summary>
    public static IReadOnlyList<(string Theme, int Width)> Views { get; } = [("dark", 1440), ("light", 1440), ("dark", 390), ("light", 390)];

    /// <summary>The page's sections as they look.</summary>
    public static async Task<IReadOnlyList<Thumbnail>> TakeAsync(IPage page, string theme, int width)
    {
        await page.EvaluateAsync("theme => document.documentElement.dataset.theme = theme", theme);
        await page.SetViewportSizeAsync(width, 900);
        // The content scrolls by itself, so a picture of the whole page is one of a window as high as that.
        await page.SetViewportSizeAsync(width, await page.EvaluateAsync<int>("document.getElementById('content').scrollHeight + document.querySelector('.bar').offsetHeight"));
        await page.EvaluateAsync("document.fonts.ready.then(() => new Promise(requestAnimationFrame))");
        var png = await page.ScreenshotAsync(new PageScreenshotOptions { Animations = ScreenshotAnimations.Disabled });
        await Chromium.KeepAsync(page, $"design-whole-{theme}-{width}");
        var sections = await page.EvaluateAsync<JsonElement>(Shrink, new { png = Convert.ToBase64String(png), boxes = await page.EvaluateAsync<string>(Boxes), cell = 8 });
        return Read(sections);
    }

    /// <summary>Keeps what is seen as what is right: the pictures below one another, and a list of their names and heights.</summary>
    public static async Task KeepAsync(IPage page, string folder, string view, IReadOnlyList<Thumbnail> seen)
    {
        Directory.CreateDirectory(folder);
        var png = await page.EvaluateAsync<string>(Pack, seen.Select(s => new { columns = s.Columns, rows = s.Rows, pixels = Convert.ToBase64String(s.Pixels) }));
        await File.WriteAllBytesAsync(Path.Combine(folder, view + ".png"), Convert.FromBase64String(png));
        await File.WriteAllTextAsync(Path.Combine(folder, view + ".json"), JsonSerializer.Serialize(seen.Select(s => new { s.Name, s.Rows }), Indented) + "\n");
    }

    /// <summary>What was kept.</summary>
    public static async Task<IReadOnlyList<Thumbnail>> KeptAsync(IPage page, string folder, string view)
    {
        var png = Convert.ToBase64String(await File.ReadAllBytesAsync(Path.Combine(folder, view + ".png")));
        using var sections = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, view + ".json")));
        // One pixel there is one cell here.
        var width = await page.EvaluateAsync<int>("async png => (await createImageBitmap(new Blob([Uint8Array.from(atob(png), c => c.charCodeAt(0))]))).width", png);
        var y = 0;
        var boxes = new List<object>();
        foreach (var section in sections.RootElement.EnumerateArray())
        {
            var rows = section.GetProperty("rows").GetInt32();
            boxes.Add(new { name = section.GetProperty("name").GetString(), x = 0, y, width, height = rows });
            y += rows;
        }
        return Read(await page.EvaluateAsync<JsonElement>(Shrink, new { png, boxes = JsonSerializer.Serialize(boxes), cell = 1 }));
    }

    /// <summary>What differs, by section, in words.</summary>
    public static IEnumerable<string> Differences(IReadOnlyList<Thumbnail> kept, IReadOnlyList<Thumbnail> seen)
    {
        foreach (var name in kept.Select(s => s.Name).Union(seen.Select(s => s.Name)))
        {
            var (was, now) = (kept.SingleOrDefault(s => s.Name == name), seen.SingleOrDefault(s => s.Name == name));
            if (was is null || now is null)
            {
                yield return $"{name}: {(was is null ? "new" : "missing")}";
            }
            else if (was.Columns != now.Columns || was.Rows != now.Rows)
            {
                yield return $"{name}: {now.Columns * 8} by {now.Rows * 8} pixels instead of {was.Columns * 8} by {was.Rows * 8}";
            }
            else
            {
                var cells = Enumerable.Range(0, was.Columns * was.Rows).Select(cell => (cell, By: Enumerable.Range(3 * cell, 3).Max(i => Math.Abs(was.Pixels[i] - now.Pixels[i])))).Where(c => c.By > MostPerCell).ToList();
                if (cells.Count > 0)
                {
                    var (first, by) = cells.MaxBy(c => c.By);
                    yield return $"{name}: {cells.Count} places differ, the most by {by} of 255 at {first % was.Columns * 8}, {first / was.Columns * 8}";
                }
            }
        }
    }

    private static List<Thumbnail> Read(JsonElement sections) =>
        [.. sections.EnumerateArray().Select(s => new Thumbnail(s.GetProperty("name").GetString()!, s.GetProperty("columns").GetInt32(), s.GetProperty("rows").GetInt32(), s.GetProperty("pixels").GetBytesFromBase64()))];
}
