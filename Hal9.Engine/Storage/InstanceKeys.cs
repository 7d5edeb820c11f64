using System.Security.Cryptography;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Storage;

/// <summary>The keys of this instance, each made once and kept protected.</summary>
public sealed class InstanceKeys(TenantScope scope, ISecrets secrets, TimeProvider time)
{
    /// <summary>The key of this name; made and stored when there is none yet.</summary>
    /// <exception cref="InvalidOperationException">It was protected by keys that are not there any more.</exception>
    public async Task<string> GetOrMakeAsync(string name, Func<string> make, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(make);
        await using var db = scope.System("a key of the instance");
        var row = await db.Set<InstanceKey>().AsNoTracking().SingleOrDefaultAsync(k => k.Name == name, cancellationToken).ConfigureAwait(false);
        if (row is null)
        {
            var made = make();
            db.Add(new InstanceKey { Name = name, Value = secrets.Protect(made), CreatedAt = time.GetUtcNow() });
            await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            return made;
        }
        try
        {
            return secrets.Unprotect(row.Value);
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException(
                "The database's secrets cannot be read with the keys in the data directory's folder \"keys\". Restore that folder together with the database.", e);
        }
    }
}
