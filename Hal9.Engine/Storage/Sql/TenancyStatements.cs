namespace Hal9.Engine.Storage.Sql;

internal static class TenancyStatements
{
    public const string KeyUsed = "UPDATE api_keys SET last_used_at = @at WHERE tenant_id = @tenant AND id = @id";
}
