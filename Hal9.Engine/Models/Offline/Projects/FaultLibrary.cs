using System.Text.Json.Nodes;

namespace Hal9.Engine.Models.Offline.Projects;

/// <summary>Faults of models as they are met, by number: so that what catches them can be tested without one.</summary>
internal enum LibraryFault
{
    /// <summary>The last brace of a file is missing.</summary>
    Syntax,

    /// <summary>The rest of a file is only promised.</summary>
    Elision,

    /// <summary>A namespace that there is not is used.</summary>
    MissingUsing,

    /// <summary>A criterion belongs to no module.</summary>
    UnmappedCriterion,

    /// <summary>A file outside the project is named.</summary>
    PathEscape,

    /// <summary>The answer breaks off in the middle of its JSON.</summary>
    CutJson,

    /// <summary>A repair takes a test away.</summary>
    DeletedTest,

    /// <summary>A repair's anchor occurs many times.</summary>
    AmbiguousAnchor,

    /// <summary>A repair changes nothing that matters.</summary>
    NoProgress,

    /// <summary>Modules depend on each other in a circle.</summary>
    CyclicDesign,

    /// <summary>An acceptance test passes whatever the program does.</summary>
    Tautology,
}

/// <summary>Puts a fault of the library into an answer.</summary>
internal static class FaultLibrary
{
    public static LibraryFault? Of(ProjectRequest request) =>
        request.FaultSeed is { } seed and > 0 ? (LibraryFault)((seed - 1) % Enum.GetValues<LibraryFault>().Length) : null;

    /// <summary>A file as a model with this fault writes it at first.</summary>
    public static string Spoil(LibraryFault? fault, string content) => fault switch
    {
        LibraryFault.Syntax when content.LastIndexOf('}') is > 0 and var at => content.Remove(at, 1),
        LibraryFault.Elision => content + "\n// ... rest of the code stays the same\n",
        LibraryFault.MissingUsing => "using Missing.Library;\n" + content,
        _ => content,
    };

    public static void Spoil(LibraryFault? fault, JsonArray modules)
    {
        var last = modules[^1]!.AsObject();
        if (fault == LibraryFault.UnmappedCriterion)
        {
            last["criteria"] = new JsonArray();
        }
        if (fault == LibraryFault.CyclicDesign && modules.Count > 1)
        {
            modules[0]!["dependsOn"] = new JsonArray(last["id"]!.GetValue<string>());
        }
    }
}
