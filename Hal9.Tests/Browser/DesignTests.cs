using Hal9.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

/// <summary>
/// The style page, with every part in every state: axe, and each section against a kept picture (docs/decisions/0015-pictures-that-are-compared.md).
/// <c>HAL9_WRITE_SNAPSHOTS=1</c> keeps what is seen as the new pictures.
/// </summary>
public sealed class DesignTests(DesignTests.DesignHost host, Chromium chromium) : IClassFixture<DesignTests.DesignHost>
{
    private static readonly bool HasOwnType = File.Exists(Path.Combine(Hal9Settings.RepositoryRoot, "node_modules", ".restored"));
    private static readonly string Folder = Path.Combine(Hal9Settings.RepositoryRoot, "Hal9.Tests", "Browser", "design");

    // The least that must be seen; a hairline, or a mark of a few thin strokes, is less than what fonts differ by from machine to machine.
    private static readonly (string[] Sections, string Css)[] Damages =
    [
        (["states"], ":root { --good: #4f8cff }"),
        (["runs"], "[data-sample=runs] tbody tr:last-child .chip { visibility: hidden }"),
        (
            ["controls", "notices", "conversation", "runs"],
            """
            [data-sample=controls] .icon-button { visibility: hidden }
            [data-sample=notices] .notice { display: none }
            [data-sample=conversation] .composer-send { background: #2b7cf0 }
            [data-sample=runs] .table-frame { background: #fff }
            """),
    ];

    [Fact]
    public async Task StylePage_HoldsNoViolation_AndEachSectionLooksAsItsPicture()
    {
        var page = await OpenAsync();

        var found = new List<string>(await Chromium.LookAsync(page, "design"));
        foreach (var (theme, width) in Thumbnails.Views)
        {
            var seen = await Thumbnails.TakeAsync(page, theme, width);
            if (Environment.GetEnvironmentVariable("HAL9_WRITE_SNAPSHOTS") is not null)
            {
                await Thumbnails.KeepAsync(page, Folder, $"{theme}-{width}", seen);
            }
            found.AddRange(Thumbnails.Differences(await Thumbnails.KeptAsync(page, Folder, $"{theme}-{width}"), seen).Select(difference => $"{theme}-{width}: {difference}"));
        }

        Assert.Empty(found);
    }

    [Fact]
    public async Task Section_WithAPartMissingOrOfAnotherColour_IsFoundOut()
    {
        var page = await OpenAsync();
        var (theme, width) = Thumbnails.Views[0];
        var kept = await Thumbnails.KeptAsync(page, Folder, $"{theme}-{width}");

        foreach (var (sections, damage) in Damages)
        {
            await page.EvaluateAsync("css => { (document.getElementById('damage') ?? document.head.appendChild(Object.assign(document.createElement('style'), { id: 'damage' }))).textContent = css }", damage);
            var differences = Thumbnails.Differences(kept, await Thumbnails.TakeAsync(page, theme, width)).Select(difference => difference.Split(':')[0]).ToList();
            Assert.All(sections, section => Assert.True(differences.Contains(section), $"{damage} is not seen in {section}"));
        }
    }

    /// <summary>The product in Development, where the style page is.</summary>
    public sealed class DesignHost : IAsyncLifetime
    {
        private WebFixture? web;

        public string Url => web!.Url;

        public async ValueTask InitializeAsync() => web = await WebFixture.StartAsync(
            new() { ["Hal9:Setup:Email"] = Hal9Settings.Email, ["Hal9:Setup:Password"] = Hal9Settings.Password, ["Hal9:Setup:Tenant"] = Hal9Settings.Tenant }, environment: "Development");

        public ValueTask DisposeAsync() => web?.DisposeAsync() ?? default;
    }

    private async Task<IPage> OpenAsync()
    {
        Assert.SkipUnless(HasOwnType, "The build found no npm, so the console's own type is not there.");
        var page = await chromium.SignInAsync(host.Url);
        await Chromium.GoAsync(page, "/design");
        await Expect(page.Locator("[data-sample] .prose-open")).ToBeVisibleAsync();
        return page;
    }
}
