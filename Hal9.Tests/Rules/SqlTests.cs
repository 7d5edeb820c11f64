using System.Reflection;
using System.Text.RegularExpressions;

namespace Hal9.Tests.Rules;

/// <summary>Raw SQL is written in one place, and every statement names its tenant.</summary>
public sealed partial class SqlTests
{
    private const string Place = "Hal9.Engine.Storage.Sql";

    private static readonly string[] EntityFrameworkSql = ["FromSql", "ExecuteSql", "SqlQuery"];

    // Statements over all tenants, each with the reason why.
    private static readonly Dictionary<string, string> WithoutTenant = new()
    {
        ["SearchStatements.Create"] = "makes the index; its rows have their tenant",
        ["SearchStatements.Fill"] = "takes each message into the index with its own tenant",
        ["SearchStatements.CreateOnPostgres"] = "makes the index; it holds no rows of its own",
        ["PriceStatements.Insert"] = "price lists belong to the instance",
        ["LedgerStatements.TimeZone"] = "reads the tenant itself, by its own id",
        ["RunStatements.Heartbeat"] = "a host keeps all its own runs alive in one statement; it writes nothing but the heartbeat",
    };

    // Constants by name, and what the methods of the folder put together, by type. A constant that is only a part of a statement is not SQL by itself.
    private static List<(string Name, string Sql)> Statements { get; } = FindStatements();

    [Fact]
    public void Statements_NameTheirTenant_OrAreListed()
    {
        var violations = Statements.Where(s => !TenantParameter().IsMatch(s.Sql) || !s.Sql.Contains("tenant_id", StringComparison.Ordinal)).Select(s => s.Name);

        Rule.Matches(WithoutTenant.Keys, violations);
    }

    [Fact]
    public void Sql_StandsInItsFolderOnly()
    {
        var known = Statements.Select(s => s.Sql).ToHashSet();
        var violations =
            from literal in CompiledCode.Engine.Strings.Concat(CompiledCode.Web.Strings)
            where SqlText().IsMatch(literal.Text) && !known.Contains(literal.Text)
            where !literal.From.Namespace.Contains(".Migrations", StringComparison.Ordinal)
            select $"{literal.From}: {literal.Text}";

        Rule.Holds(violations);
    }

    [Fact]
    public void SqlThroughEntityFramework_IsNotUsed()
    {
        var violations =
            from use in CompiledCode.Engine.Members.Concat(CompiledCode.Web.Members)
            where use.Type.IsIn("Microsoft.EntityFrameworkCore") && EntityFrameworkSql.Any(name => use.Member.StartsWith(name, StringComparison.Ordinal))
            where !use.From.Namespace.Contains(".Migrations", StringComparison.Ordinal)
            select $"{use.From} uses {use.Member}";

        Rule.Holds(violations);
    }

    private static List<(string Name, string Sql)> FindStatements()
    {
        var constants =
            from type in typeof(Hal9.Engine.EngineSetup).Assembly.GetTypes()
            where new TypeName(type.Namespace ?? "", type.Name).IsIn(Place)
            from member in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            where member.IsLiteral && member.FieldType == typeof(string)
            select ($"{type.Name}.{member.Name}", (string)member.GetRawConstantValue()!);
        var literals = CompiledCode.Engine.Strings.Where(s => s.From.IsIn(Place)).Select(s => (s.From.Name, s.Text));
        return [.. constants.Concat(literals).Where(s => SqlText().IsMatch(s.Item2))];
    }

    [GeneratedRegex(@"@tenant\b")]
    private static partial Regex TenantParameter();

    // Case-sensitive: house style writes SQL words in capitals, and prose does not.
    [GeneratedRegex(@"^\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|MERGE|WITH|CREATE|DROP|ALTER|TRUNCATE)\s|\b(SELECT\s.*\sFROM|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\w+\s+SET)\s", RegexOptions.Singleline)]
    private static partial Regex SqlText();
}
