namespace Hal9.Tests.Support;

/// <summary>Requests for CRUD APIs with seeded names and types, and requests that are outside of every script.</summary>
internal static class CrudWishes
{
    private static readonly string[] Words = ["book", "Order", "class", "string", "api key", "2nd owner", "e-mail", "Id", "namespace", "price", "ISBN", "due date", "first_name", "Assert", "lock", "new", "Käse ok", "void", "value", "object", "Task", "file", "Version"];
    private static readonly string[] Types = ["", ": text", ": number", ": decimal", " (date)", " (bool)", ": amount"];
    private static readonly string[] Things = ["chess engine", "spreadsheet", "weather station", "compiler", "mail server", "photo album", "game of snake", "blog with comments", "chat room", "tax calculator"];
    private static readonly string[] Ways = ["Build me a {0}", "A {0} in Blazor, please", "{0} with login and roles", "CRUD {0}", "I need a {0} that talks to SAP"];

    /// <summary>A request within the grammar.</summary>
    public static string Valid(int seed)
    {
        var random = new Random(seed);
        var names = Words.OrderBy(_ => random.Next()).Take(random.Next(2, 8)).ToList();
        return $"CRUD API for {names[0]} with {string.Join(", ", names.Skip(1).Select(name => name + Types[random.Next(Types.Length)]))}";
    }

    /// <summary>Fifty requests that sound like something and are in no script.</summary>
    public static IReadOnlyList<string> Outside { get; } = [.. Things.SelectMany(thing => Ways.Select(way => string.Format(System.Globalization.CultureInfo.InvariantCulture, way, thing)))];
}
