namespace Hal9.Engine.Models.Offline.Projects;

/// <summary>Makes a project for a CRUD API of any entity: the same shape, the user's own names and fields.</summary>
internal static class CrudProject
{
    private const string Bad = "items.TryAdd(id, changed);";

    public static ScriptedProject Make(CrudWish wish)
    {
        var (entity, fields) = (wish.Entity, wish.Fields);
        var text = fields.FirstOrDefault(field => field.Type.IsText);
        var fill = new Dictionary<string, string>
        {
            ["$Entity$"] = entity,
            ["$Members$"] = string.Join(", ", fields.Select(field => $"{field.Type.Name} {field.Name}")),
            ["$One$"] = string.Join(", ", fields.Select(field => field.Type.One)),
            ["$Other$"] = string.Join(", ", fields.Select(field => field.Type.Other)),
            ["$FromBody$"] = string.Join(", ", fields.Select(field => $"body.{field.Name}")),
            // Bodies come from outside as JSON, where a text can be missing although its type says otherwise.
            ["$Fault$"] = fields.Any(field => field.Type.IsText)
                ? string.Join("\n            : ", fields.Where(field => field.Type.IsText).Select(field => $"string.IsNullOrWhiteSpace(body.{field.Name}) ? \"{field.Name} is empty\"")) + "\n            : null"
                : "null",
            ["$Route$"] = entity.ToLowerInvariant(),
            ["$Said$"] = string.Concat(wish.Said.Where(character => char.IsAsciiLetterOrDigit(character) || character is ' ' or '-')),
        };
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [$"surface/src/{entity}.cs"] = CrudTexts.Data, [$"surface/src/{entity}Store.cs"] = CrudTexts.StoreSurface, [$"surface/src/{entity}Api.cs"] = CrudTexts.ApiSurface,
            [$"src/{entity}.cs"] = CrudTexts.Data, [$"src/{entity}Store.cs"] = CrudTexts.Store, [$"src/{entity}Api.cs"] = CrudTexts.Api,
            ["kind/csharp-minimal-api/src/Program.cs"] = CrudTexts.Program,
            [$"tests/Unit/{entity}StoreTests.cs"] = CrudTexts.StoreTests, [$"tests/Unit/{entity}ApiTests.cs"] = CrudTexts.ApiTests,
            ["tests/Acceptance/AC_1_CreateTests.cs"] = CrudTexts.Create, ["tests/Acceptance/AC_2_UpdateTests.cs"] = CrudTexts.Update, ["tests/Acceptance/AC_3_DeleteTests.cs"] = CrudTexts.Delete,
            ["tests/Acceptance/AC_4_UnknownTests.cs"] = CrudTexts.Unknown, ["tests/Acceptance/AC_5_ListTests.cs"] = CrudTexts.List,
        };
        var criteria = new List<ScriptedCriterion>
        {
            new("AC-1", "Create and read", $"no {wish.Said}", "one is created", "201 with its id, and it can be read by it", [$"POST /{fill["$Route$"]} -> 201, GET /{fill["$Route$"]}/1 -> 200"]),
            new("AC-2", "Update", $"a {wish.Said}", "it is updated", "200, and it is read as changed", [$"PUT /{fill["$Route$"]}/1 -> 200"]),
            new("AC-3", "Delete", $"two of {wish.Said}", "one is deleted", "204, it is gone and the other is there", [$"/{fill["$Route$"]}/1 deleted -> 204"]),
            new("AC-4", "Unknown", $"no {wish.Said}", "one is read, updated or deleted", "404", [$"GET /{fill["$Route$"]}/7 -> 404"]),
            new("AC-5", "List", "several, one of them deleted", "they are listed", "those that are there, in the order of their ids", [$"GET /{fill["$Route$"]} -> 1, 3"]),
        };
        if (text is not null)
        {
            criteria.Add(new ScriptedCriterion("AC-6", "Empty texts", "a body", $"{text.Said} is empty", "400, and nothing is stored", [$"{text.Name}: \" \" -> 400"]));
            files["tests/Acceptance/AC_6_EmptyTests.cs"] = CrudTexts.Empty;
            fill["$Blank$"] = string.Join(", ", fields.Select(field => field == text ? "\" \"" : field.Type.One));
        }
        return new ScriptedProject(
            "crud", [], ["csharp-minimal-api", "csharp-lib"], $"CRUD API: {wish.Said}", ["Create, read, update, delete and list over HTTP", "Fields: " + string.Join(", ", fields.Select(field => $"{field.Said} ({field.Type.Name})"))],
            criteria, ["Accounts", "Keeping data after the program ends"],
            [
                new ScriptedModule(
                    "store", "Keeps the data.", [$"src/{entity}.cs", $"src/{entity}Store.cs", $"tests/Unit/{entity}StoreTests.cs"],
                    [$"record {entity}(int Id, {fill["$Members$"]})", $"{entity} {entity}Store.Add({entity}Body body)", $"{entity}? {entity}Store.Find(int id)", $"bool {entity}Store.Change(int id, {entity}Body body)", $"bool {entity}Store.Remove(int id)", $"IReadOnlyList<{entity}> {entity}Store.All()"],
                    [], ["AC-2", "AC-3", "AC-5"]),
                new ScriptedModule(
                    "api", "Answers requests.", [$"src/{entity}Api.cs", $"tests/Unit/{entity}ApiTests.cs"],
                    [$"(int Status, object? Body) {entity}Api.Create({entity}Body body)", "(int Status, object? Body) Read(int id)", $"(int Status, object? Body) Update(int id, {entity}Body body)", "(int Status, object? Body) Delete(int id)", "(int Status, object? Body) List()"],
                    ["store"], text is null ? ["AC-1", "AC-4"] : ["AC-1", "AC-4", "AC-6"], Program: true),
            ],
            [new ScriptedFault($"src/{entity}Store.cs", "items[id] = changed;", Bad, "A change is added beside what is there instead of taking its place: the entry has to be set.")])
        {
            Files = files.ToDictionary(file => file.Key, file => fill.Aggregate(file.Value, (content, pair) => content.Replace(pair.Key, pair.Value, StringComparison.Ordinal)), StringComparer.Ordinal),
        };
    }
}
