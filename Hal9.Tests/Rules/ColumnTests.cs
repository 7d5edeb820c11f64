using System.Text.RegularExpressions;
using Hal9.Engine.Storage;
using Hal9.Web.Accounts;

namespace Hal9.Tests.Rules;

/// <summary>One database, one way to name columns: raw SQL and people who look into it need not ask whose table it is.</summary>
public sealed partial class ColumnTests
{
    [Theory]
    [InlineData(DataProvider.Sqlite)]
    [InlineData(DataProvider.PostgreSql)]
    public void Columns_AreSnakeCase(DataProvider provider)
    {
        var database = new Database(provider, provider == DataProvider.Sqlite ? "Data Source=:memory:" : "Host=none");
        using var engine = database.CreateContext(null);
        using var accounts = AccountsDb.Open(database);

        var columns =
            from db in new Microsoft.EntityFrameworkCore.DbContext[] { engine, accounts }
            from table in Microsoft.EntityFrameworkCore.RelationalModelExtensions.GetRelationalModel(db.Model).Tables
            from column in table.Columns
            select (table.Name, Column: column.Name);

        Rule.Holds(columns.Where(c => !Snake().IsMatch(c.Column)).Select(c => $"{c.Name}.{c.Column}"));
        Assert.Contains(columns, c => c is ("people", "normalized_email"));
        Assert.Contains(columns, c => c is ("people_passkeys", "credential_id"));
    }

    [GeneratedRegex("^[a-z0-9]+(_[a-z0-9]+)*$")]
    private static partial Regex Snake();
}
