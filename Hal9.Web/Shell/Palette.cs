using Hal9.Engine.Conversations;
using Hal9.Engine.Neurons;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Shared;
using Microsoft.Extensions.Localization;

namespace Hal9.Web.Shell;

/// <summary>Something that the palette leads to.</summary>
/// <param name="Glyph">One of <see cref="Glyphs"/>.</param>
/// <param name="Name">What is read.</param>
/// <param name="Detail">What tells it from its like.</param>
/// <param name="Href">Its address; or:</param>
/// <param name="Action">what the browser does itself (js/palette.js).</param>
/// <param name="Key">The shortcut that does the same.</param>
internal sealed record PaletteItem(string Glyph, string Name, string? Detail = null, string? Href = null, string? Action = null, string? Key = null);

/// <summary>Items of one kind.</summary>
internal sealed record PaletteGroup(string Name, IReadOnlyList<PaletteItem> Items);

/// <summary>What the palette finds for some words: pages, actions, conversations, runs and neurons, each of those that the actor may open.</summary>
internal sealed class Palette(ShelfService shelf, RunService runs, HierarchyService hierarchies, IStringLocalizer<ShellTexts> texts, Words words)
{
    private const int MostPerGroup = 6;

    /// <summary>Without words: the pages and the actions. Each word has to occur in what is found.</summary>
    public async Task<IReadOnlyList<PaletteGroup>> FindAsync(Actor actor, string text, CancellationToken cancellationToken)
    {
        var asked = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var groups = new List<PaletteGroup>
        {
            new(texts["Pages"], [.. Places.Of(actor, texts).Where(place => Holds(place.Name)).Select(place => new PaletteItem(place.Glyph, place.Name, null, "/" + place.Address, Key: $"g {place.Key}"))]),
            new(texts["Actions"], [.. Actions(actor).Where(action => Holds(action.Name))]),
        };
        if (asked.Length > 0)
        {
            groups.Add(new(texts["Conversations"], await ConversationsAsync(actor, text.Trim(), cancellationToken)));
            groups.Add(new(texts["Runs"], await RunsAsync(actor, text.Trim(), cancellationToken)));
            groups.Add(new(texts["Neurons"], await NeuronsAsync(actor, Holds, cancellationToken)));
        }
        return [.. groups.Where(group => group.Items.Count > 0)];

        bool Holds(string name) => asked.All(word => name.Contains(word, StringComparison.CurrentCultureIgnoreCase));
    }

    private IEnumerable<PaletteItem> Actions(Actor actor)
    {
        if (actor.May(Permission.UseRuns))
        {
            yield return new(Glyphs.Plus, texts["NewChat"], Href: Urls.Chat(), Key: $"{texts["KeyCtrl"]} {texts["KeyShift"]} O");
        }
        yield return new(Glyphs.Copy, texts["CopyAddress"], Action: "copy-address");
        yield return new(Glyphs.Moon, texts["UseDark"], Action: "theme-dark");
        yield return new(Glyphs.Sun, texts["UseLight"], Action: "theme-light");
        yield return new(Glyphs.Screen, texts["UseSystem"], Action: "theme-system");
        yield return new(Glyphs.Keyboard, texts["KeyboardShortcuts"], Action: "shortcuts", Key: "?");
        yield return new(Glyphs.Leave, texts["SignOut"], Action: "sign-out");
    }

    private async Task<IReadOnlyList<PaletteItem>> ConversationsAsync(Actor actor, string text, CancellationToken cancellationToken) => actor.May(Permission.UseRuns)
        ? [.. (await shelf.ListAsync(actor, new ConversationFilter(Text: text), null, MostPerGroup, cancellationToken)).Items
            .Select(line => new PaletteItem(Glyphs.Chat, line.Title, null, Urls.Chat(line.Id)))]
        : [];

    private async Task<IReadOnlyList<PaletteItem>> RunsAsync(Actor actor, string text, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(text, out var id))
        {
            return await runs.FindAsync(actor, id, cancellationToken) is { } run ? [Of(run.Id, run.Goal, words.Of(StatusLook.Of(run.Status)))] : [];
        }
        if (!actor.May(Permission.ReadRuns) && !actor.May(Permission.UseRuns))
        {
            return [];
        }
        var page = await runs.ListAsync(actor, new RunFilter(Text: text, Limit: MostPerGroup), cancellationToken);
        return [.. page.Items.Select(line => Of(line.Id, line.Goal, words.Of(StatusLook.Of(line.Status))))];

        static PaletteItem Of(Guid id, string goal, string status) => new(Glyphs.Runs, goal, status, Urls.Run(id));
    }

    private async Task<IReadOnlyList<PaletteItem>> NeuronsAsync(Actor actor, Func<string, bool> holds, CancellationToken cancellationToken) => actor.May(Permission.ReadRuns)
        ? [.. (await hierarchies.OfAsync(actor, cancellationToken)).Neurons.Where(neuron => holds($"{neuron.Layer} {neuron.Name} {neuron.Role}")).Take(MostPerGroup)
            .Select(neuron => new PaletteItem(Glyphs.Hierarchy, neuron.Name, neuron.Layer.ToString(), Urls.Hierarchy(neuron.Name)))]
        : [];
}
