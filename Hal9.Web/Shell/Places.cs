using Hal9.Engine.Tenancy;
using Hal9.Web.Shared;
using Microsoft.Extensions.Localization;

namespace Hal9.Web.Shell;

/// <summary>A page that people go to by itself.</summary>
/// <param name="Section">Under which caption the rail lists it.</param>
/// <param name="Address">Its address, without the slash at the beginning.</param>
/// <param name="Glyph">One of <see cref="Glyphs"/>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Key">The key after <c>g</c>.</param>
public sealed record Place(string Section, string Address, string Glyph, string Name, char Key);

/// <summary>The pages by task, of those that a role opens. The rail, the palette, the shortcut sheet and the keys after <c>g</c> read this one list.</summary>
internal static class Places
{
    /// <summary>What the actor may open, in the order of the rail.</summary>
    public static IReadOnlyList<Place> Of(Actor actor, IStringLocalizer<ShellTexts> texts)
    {
        var places = new List<Place>();
        Add(Permission.UseRuns, texts["Work"], "chat", Glyphs.Chat, texts["Chat"], 'c');
        Add(Permission.ReadEngine, texts["Work"], "codegen", Glyphs.Code, texts["Code"], 'e');
        Add(Permission.ReadEngine, texts["Work"], "runs", Glyphs.Runs, texts["Runs"], 'r');
        Add(Permission.ReadEngine, texts["Work"], "history", Glyphs.History, texts["History"], 'y');
        Add(Permission.ReadEngine, texts["Watch"], "", Glyphs.Dashboard, texts["Dashboard"], 'd');
        Add(Permission.ReadRuns, texts["Watch"], "hierarchy", Glyphs.Hierarchy, texts["Hierarchy"], 'h');
        Add(Permission.ReadRuns, texts["Watch"], "learning", Glyphs.Book, texts["Learning"], 'l');
        Add(Permission.ReadCosts, texts["Money"], "costs", Glyphs.Costs, texts["Costs"], 'x');
        Add(Permission.ReadCosts, texts["Money"], "budgets", Glyphs.Budgets, texts["Budgets"], 'b');
        Add(Permission.ReadEngine, texts["System"], "models", Glyphs.Models, texts["Models"], 'm');
        Add(Permission.EditEngine, texts["System"], "settings", Glyphs.Settings, texts["Settings"], 's');
        return places;

        void Add(Permission needs, string section, string address, string glyph, string name, char key)
        {
            if (actor.May(needs))
            {
                places.Add(new Place(section, address, glyph, name, key));
            }
        }
    }
}
