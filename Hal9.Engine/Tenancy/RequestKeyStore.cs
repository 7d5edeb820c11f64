using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Tenancy;

/// <summary>A caller's own name for an order, so that repeating the order does not repeat the work.</summary>
/// <param name="Name">1 to 255 characters; unique per person and tenant for a day.</param>
/// <param name="Order">A hash of the order that it stands for.</param>
public sealed record RequestKey(string Name, string Order);

/// <summary>The same key came with another order.</summary>
public sealed class RequestKeyReused() : Exception("This key was used with another request within the last day.");

/// <summary>Between look-up and start another request took the key.</summary>
internal sealed class RequestKeyTaken() : Exception("The key is taken.");

/// <summary>A key as stored.</summary>
internal sealed class RequestKeyRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid UserId { get; init; }
    public required string Name { get; init; }
    public required string OrderHash { get; init; }

    /// <summary>What the order made: a run, a raise, an API key.</summary>
    public Guid MadeId { get; init; }
    public DateTimeOffset At { get; init; }
}

/// <summary>Remembers what a key made; the row is written with that thing, in one transaction.</summary>
internal sealed class RequestKeyStore(Writer writer, TimeProvider time)
{
    public static readonly TimeSpan Life = TimeSpan.FromDays(1);

    /// <exception cref="RequestKeyReused">The key belongs to another order.</exception>
    public async Task<Guid?> FindAsync(Actor actor, RequestKey key, CancellationToken cancellationToken)
    {
        var found = await writer.WriteAsync(actor.TenantId, batch => Find(batch, actor, key, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        return found is not { } known ? null : known.Order == key.Order ? known.MadeId : throw new RequestKeyReused();
    }

    /// <summary>Runs inside the group that stores the thing.</summary>
    /// <exception cref="RequestKeyTaken">Another request was quicker; nothing is stored.</exception>
    /// <exception cref="RequestKeyReused">And it was another order.</exception>
    public static void Write(WriteBatch batch, Actor actor, RequestKey key, Guid madeId, DateTimeOffset now)
    {
        if (Find(batch, actor, key, now) is { } known)
        {
            throw known.Order == key.Order ? new RequestKeyTaken() : new RequestKeyReused();
        }
        batch.Execute(RequestKeyStatements.Expire, ("@tenant", actor.TenantId), ("@before", (now - Life).ToUnixTimeMilliseconds()));
        batch.Execute(
            RequestKeyStatements.Insert,
            ("@tenant", actor.TenantId), ("@user", actor.UserId), ("@name", key.Name), ("@order", key.Order), ("@made", madeId), ("@at", now.ToUnixTimeMilliseconds()));
    }

    public Task ForgetAsync(Actor actor, RequestKey key, CancellationToken cancellationToken) => writer.WriteAsync(
        actor.TenantId, batch => batch.Execute(RequestKeyStatements.Delete, ("@tenant", actor.TenantId), ("@user", actor.UserId), ("@name", key.Name)), cancellationToken);

    /// <summary>What the key stands for and made within the last day; null: nothing. Runs inside a group.</summary>
    public static (string Order, Guid MadeId)? Find(WriteBatch batch, Actor actor, RequestKey key, DateTimeOffset now)
    {
        var rows = batch.Query(
            RequestKeyStatements.Find, reader => (reader.GetString(0), reader.GetGuid(1)),
            ("@tenant", actor.TenantId), ("@user", actor.UserId), ("@name", key.Name), ("@since", (now - Life).ToUnixTimeMilliseconds()));
        return rows.Count == 0 ? null : rows[0];
    }
}

internal sealed class RequestKeyTables : IEntityTypeConfiguration<RequestKeyRow>
{
    public void Configure(EntityTypeBuilder<RequestKeyRow> builder)
    {
        builder.ToTable("request_keys");
        builder.HasKey(key => new { key.TenantId, key.UserId, key.Name });
        builder.HasIndex(key => new { key.TenantId, key.At });
    }
}
