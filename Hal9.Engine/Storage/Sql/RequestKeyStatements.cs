namespace Hal9.Engine.Storage.Sql;

/// <summary>Statements of request keys.</summary>
internal static class RequestKeyStatements
{
    public const string Find =
        "SELECT order_hash, made_id FROM request_keys WHERE tenant_id = @tenant AND user_id = @user AND name = @name AND at >= @since";

    public const string Insert =
        "INSERT INTO request_keys (tenant_id, user_id, name, order_hash, made_id, at) VALUES (@tenant, @user, @name, @order, @made, @at)";

    public const string Delete =
        "DELETE FROM request_keys WHERE tenant_id = @tenant AND user_id = @user AND name = @name";

    public const string Expire =
        "DELETE FROM request_keys WHERE tenant_id = @tenant AND at < @before";
}
