namespace Hal9.Engine.Storage.Sql;

/// <summary>Calls that cost more than was set aside.</summary>
internal static class OverrunStatements
{
    public const string Insert = """
        INSERT INTO overruns (call_id, tenant_id, run_id, provider, model, at, reserved_nano, booked_nano, reserved_tokens, booked_tokens)
        VALUES (@call, @tenant, @run, @provider, @model, @now, @reserved, @booked, @reservedTokens, @bookedTokens)
        """;

    /// <summary>Models that nobody may call until somebody has looked.</summary>
    public const string Blocked = "SELECT DISTINCT provider, model FROM overruns WHERE tenant_id = @tenant AND acknowledged_at IS NULL";

    /// <summary>One look is at all overruns of the model so far.</summary>
    public const string Acknowledge = """
        UPDATE overruns SET acknowledged_by = @by, acknowledged_at = @now, note = @note
        WHERE tenant_id = @tenant AND provider = @provider AND model = @model AND acknowledged_at IS NULL
        """;
}
