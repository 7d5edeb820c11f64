using System.Text.Json;
using Hal9.Engine.Storage;

namespace Hal9.Engine.Budgets;

/// <summary>A budget as it is set, without what it is set for.</summary>
internal sealed record BudgetTerms(
    Guid Id, BudgetPeriod Period, long? LimitNano, long? LimitTokens, int FiscalStart, IReadOnlyList<int> Marks, IReadOnlyList<LadderStep> Ladder)
{
    /// <summary>Reads the columns of <see cref="Storage.Sql.BudgetStatements.Terms"/>.</summary>
    public static BudgetTerms Read(SqlRow reader) => new(
        reader.GetGuid(0),
        Enum.Parse<BudgetPeriod>(reader.GetString(1)),
        reader.IsDBNull(2) ? null : reader.GetInt64(2),
        reader.IsDBNull(3) ? null : reader.GetInt64(3),
        reader.GetInt32(4),
        JsonSerializer.Deserialize<int[]>(reader.GetString(5)) ?? [],
        [.. (JsonSerializer.Deserialize<string[]>(reader.GetString(6)) ?? []).Select(Enum.Parse<LadderStep>)]);
}

/// <summary>A budget as it is set.</summary>
/// <param name="Kind">What it limits.</param>
/// <param name="ScopeId">Which one, as stored; <see cref="Budget.Each"/>: each one that has none of its own.</param>
/// <param name="Terms">Its limits.</param>
internal sealed record SetBudget(BudgetScopeKind Kind, string ScopeId, BudgetTerms Terms)
{
    public static SetBudget Read(SqlRow reader) => new(Enum.Parse<BudgetScopeKind>(reader.GetString(7)), reader.GetString(8), BudgetTerms.Read(reader));
}
